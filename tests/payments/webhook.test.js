// Events signed by Stripe's own library are taken by `till serve`, and whatever was done to them afterwards is
// refused and changes nothing. TILL says which binary.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';

const SECRET = 'whsec_0123456789abcdef0123456789abcdef';
const TOKEN = 'the-admins-token-of-the-tests';
const SESSION = 'session-of-the-webhook-test';
const stripe = new Stripe('sk_test_node');
const folder = mkdtempSync(join(tmpdir(), 'till-webhook-'));
let till, base, product;

/** Starts a shop and gives its address. */
function start() {
    writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
    const flags = ['--db', join(folder, 'till.db'), '--listen', '127.0.0.1:0', '--log', 'none', '--admin-token', TOKEN];
    till = spawn(process.env.TILL, ['serve', '--as-root', ...flags, '--webhook-secret-file', join(folder, 'secret')], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
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

async function ask(method, path, body, headers = {}) {
    const response = await fetch(base + path, {
        method,
        headers: { 'X-Session-Id': SESSION, ...(body && { 'Content-Type': 'application/json' }), ...headers },
        body: body && JSON.stringify(body),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return response.json();
}

/** An order of one product, and its payment. */
async function paying() {
    const line = await ask('POST', '/cart', { product_id: product.id, quantity: 1 });
    const order = await ask('POST', '/orders', { cart_item_ids: [line.id] });
    return ask('POST', '/payments/create-intent', { order_id: order.id });
}

let events = 0;

/** The event that says that a payment succeeded, as Stripe writes it. */
const succeeded = (payment) =>
    JSON.stringify({
        id: `evt_${++events}`,
        object: 'event',
        type: 'payment_intent.succeeded',
        created: Math.floor(Date.now() / 1000),
        data: {
            object: {
                id: payment.provider_payment_id,
                object: 'payment_intent',
                amount: payment.amount,
                amount_received: payment.amount,
                currency: payment.currency,
                status: 'succeeded',
                metadata: {},
                last_payment_error: null,
            },
        },
    }, null, 2);

const signed = (payload, more = {}) => stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, ...more });

async function deliver(body, header) {
    const headers = { 'Content-Type': 'application/json', ...(header !== undefined && { 'Stripe-Signature': header }) };
    return (await fetch(`${base}/payments/webhook`, { method: 'POST', headers, body })).status;
}

const state = async (payment) => [
    (await ask('GET', `/payments/${payment.id}`)).status,
    (await ask('GET', `/orders/${payment.order_id}`)).status,
];

before(async () => {
    base = await start();
    const lamp = { name: 'Lamp', description: '', price: 1497, stock_quantity: 100, category: 'home', image_url: '' };
    product = await ask('POST', '/products', lamp, { Authorization: `Bearer ${TOKEN}` });
});

after(() => new Promise((resolve) => {
    till.removeAllListeners('exit');
    till.on('exit', () => {
        rmSync(folder, { recursive: true });
        resolve();
    });
    till.kill('SIGTERM');
}));

test('what the library signs is taken, and the order is paid', async () => {
    const payment = await paying();
    const body = succeeded(payment);
    assert.equal(await deliver(body, signed(body)), 200);
    assert.equal(await deliver(body, signed(body)), 200); // delivered again
    assert.deepEqual(await state(payment), ['succeeded', 'paid']);
});

test('what is not so signed changes nothing', async () => {
    const payment = await paying();
    const body = succeeded(payment);
    const old = Math.floor(Date.now() / 1000) - 301;
    const refused = {
        'a byte changed': [body.replace('1497', '1496'), signed(body)],
        'an old timestamp': [body, signed(body, { timestamp: old })],
        'a foreign secret': [body, signed(body, { secret: 'whsec_foreign' })],
        'an empty header': [body, ''],
        'no header': [body, undefined],
    };
    for (const [what, [sent, header]] of Object.entries(refused)) assert.equal(await deliver(sent, header), 400, what);
    assert.deepEqual(await state(payment), ['pending', 'pending']);
});
