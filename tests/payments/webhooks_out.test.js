// What `till serve` sends to a webhook of the shop's own is taken by the official library of Standard Webhooks, with both
// secrets after a rotation, and refused if a byte is changed. TILL says which binary.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';

const TOKEN = 'the-admins-token-of-the-tests';
const folder = mkdtempSync(join(tmpdir(), 'till-webhooks-out-'));
const got = [];
let till, base, receiver, hook;

/** Starts a shop and gives its address. */
function start() {
    const flags = ['--db', join(folder, 'till.db'), '--listen', '127.0.0.1:0', '--log', 'none', '--admin-token', TOKEN];
    till = spawn(process.env.TILL, ['serve', '--as-root', ...flags, '--webhook-insecure'], { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Promise((resolve, reject) => {
        let output = '';
        till.on('error', reject);
        till.on('exit', () => reject(new Error(`till ended: ${output}`)));
        till.stdout.on('data', (block) => {
            output += block;
            const found = /^listening on (http:\S+)$/m.exec(output);
            if (found) resolve(found[1]);
        });
    });
}

/** A receiver that keeps what it gets, and its address. */
function listen() {
    receiver = createServer((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            got.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
            response.writeHead(204).end();
        });
    });
    return new Promise((resolve) => receiver.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${receiver.address().port}/`)));
}

async function ask(path, body) {
    const response = await fetch(base + path, {
        method: 'POST',
        headers: { Authorization: `Bearer ${TOKEN}`, ...(body && { 'Content-Type': 'application/json' }) },
        body: body && JSON.stringify(body),
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return response.json();
}

async function delivered(count) {
    while (got.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
    return got[count - 1];
}

before(async () => {
    base = await start();
    hook = await ask('/admin/webhooks', { url: await listen(), types: ['*'] });
});

after(() => new Promise((resolve) => {
    receiver.closeAllConnections();
    receiver.close();
    till.removeAllListeners('exit');
    till.on('exit', () => {
        rmSync(folder, { recursive: true });
        resolve();
    });
    till.kill('SIGTERM');
}));

test('an event is verified', async () => {
    await ask(`/admin/webhooks/${hook.id}/test`);
    const { body, headers } = await delivered(1);
    const event = new Webhook(hook.secret).verify(body, headers);
    assert.equal(event.type, 'webhook.test');
    assert.deepEqual(event.data, { id: hook.id });
});

test('an event whose body or id was changed is refused', async () => {
    const { body, headers } = await delivered(1);
    const webhook = new Webhook(hook.secret);
    assert.throws(() => webhook.verify(body.replace('test', 'rest'), headers));
    assert.throws(() => webhook.verify(body, { ...headers, 'webhook-id': hook.id }));
});

test('after a rotation both secrets verify', async () => {
    const { secret } = await ask(`/admin/webhooks/${hook.id}/rotate`);
    await ask(`/admin/webhooks/${hook.id}/test`);
    const { body, headers } = await delivered(2);
    for (const known of [hook.secret, secret]) assert.equal(new Webhook(known).verify(body, headers).type, 'webhook.test');
});
