/** A product's picture. The desk's policy loads those of this server and those of https; others stay a placeholder. */
import { useState } from 'preact/hooks';
import { addressOf } from '../api.js';
import { Icon } from '../icons.js';

/** The address that a browser may load, or null. */
export function pictureOf(url: string): string | null {
  if (/^https:\/\//i.test(url)) return url;
  return /^\/(?![/\\])/.test(url) ? addressOf(url) : null;
}

export function Picture({ url, large, onFailed }: { url: string; large?: boolean; onFailed?: () => void }) {
  const [failed, setFailed] = useState('');
  const address = pictureOf(url), side = large ? 160 : 36;
  return (
    <span class={large ? 'picture large' : 'picture'}>
      {address !== null && failed !== address
        ? <img src={address} alt="" width={side} height={side} loading="lazy" decoding="async" onError={() => { setFailed(address); onFailed?.(); }} />
        : <Icon name="image" />}
    </span>
  );
}
