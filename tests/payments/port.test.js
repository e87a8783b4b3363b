// Stripe's own client against `till mock-stripe`: what it creates, confirms, cancels and refunds, and the errors
// that it makes of what is refused. TILL says which binary.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';

const PAYMENT = '0198c0de-b5e1-7d20-a1c3-9d4e5f6a7b8c';
let till, stripe, options;

/** Starts the port and gives its address. */
function start(...flags) {
    till = spawn(process.env.TILL, ['mock-stripe', '--listen', '127.0.0.1:0', ...flags], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
        let output = '';
        till.on('error', reject);
        till.on('exit', () => reject(new Error(`till ended: ${output}`)));
        till.stdout.on('data', (block) => {
            output += block;
            const found = /^listening on http:\/\/(.*):(\d+)$/m.exec(output);
            if (found) resolve({ host: found[1], port: Number(found[2]), protocol: 'http', telemetry: false });
        });
    });
}

before(async () => {
    options = await start();
    stripe = new Stripe('sk_test_node', { ...options, maxNetworkRetries: 0 });
});

after(() => new Promise((resolve) => {
    till.removeAllListeners('exit');
    till.on('exit', resolve);
    till.kill('SIGTERM');
}));

const intent = (more = {}, ...request) =>
    stripe.paymentIntents.create(
        {
            amount: 1497,
            currency: 'usd',
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata: { till_payment: PAYMENT },
            ...more,
        },
        ...request,
    );

/** The error that a promise ends with. */
const failure = (promise) => promise.then(() => assert.fail('it succeeded'), (error) => error);

test('an intent is created, confirmed, retrieved and refunded', async () => {
    const made = await intent();
    assert.equal(made.object, 'payment_intent');
    assert.equal(made.status, 'requires_payment_method');
    assert.equal(made.metadata.till_payment, PAYMENT);
    assert.match(made.client_secret, new RegExp(`^${made.id}_secret_`));
    assert.match(made.lastResponse.requestId, /^req_/);

    const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' });
    assert.equal(paid.status, 'succeeded');
    assert.equal(paid.amount_received, 1497);

    const part = await stripe.refunds.create({ payment_intent: made.id, amount: 497 });
    const rest = await stripe.refunds.create({ payment_intent: made.id });
    assert.deepEqual([part.amount, rest.amount], [497, 1000]);
    assert.equal((await stripe.refunds.retrieve(rest.id)).payment_intent, made.id);

    const seen = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] });
    assert.equal(seen.latest_charge.amount_refunded, 1497);
    assert.equal(seen.latest_charge.refunded, true);
    const again = await failure(stripe.refunds.create({ payment_intent: made.id }));
    assert.equal(again.code, 'charge_already_refunded');
});

test('an intent is confirmed as it is created', async () => {
    const paid = await intent({ confirm: true, payment_method: 'pm_card_mastercard' });
    assert.equal(paid.status, 'succeeded');
});

test('an intent keeps what it is told of the shopper', async () => {
    const told = {
        receipt_email: 'ann+till@example.com',
        shipping: {
            name: 'Änn "O\'Neill" & Søn',
            phone: '+44 20 7946 0000',
            address: { line1: '1 High Street', line2: 'Flat 2', city: 'London', state: 'Greater London', postal_code: 'SW1A 1AA', country: 'GB' },
        },
    };
    const kept = ({ receipt_email, shipping }) => ({ receipt_email, shipping });
    const want = { ...told, shipping: { ...told.shipping, carrier: null, tracking_number: null } };
    const made = await intent(told);
    assert.deepEqual(kept(made), want);
    const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' });
    assert.deepEqual(kept(paid), want);
    const seen = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge'] });
    assert.deepEqual([kept(seen), kept(seen.latest_charge)], [want, want]);
    assert.deepEqual(kept((await stripe.paymentIntents.list({ limit: 1 })).data[0]), want);

    const mail = await intent({ receipt_email: told.receipt_email });
    assert.deepEqual(kept(mail), { receipt_email: told.receipt_email, shipping: null });
    const sent = await intent({ shipping: { name: 'Ann', address: { country: 'GB' } } });
    assert.deepEqual([sent.receipt_email, sent.shipping.address.line1, sent.shipping.phone], [null, null, null]);
    assert.deepEqual(kept(await intent()), { receipt_email: null, shipping: null });
});

test('what it is told of the shopper belongs to the key, and is checked as Stripe does', async () => {
    const key = { idempotencyKey: 'node-told' };
    const ann = { shipping: { name: 'Ann', address: { line1: '1', country: 'GB' } } };
    const bob = { shipping: { name: 'Ann', address: { line1: '1', country: 'GB', line2: '2' } } };
    const [one, two] = [await intent(ann, key), await intent(ann, key)];
    assert.equal(one.id, two.id);
    for (const other of [bob, {}, { ...ann, receipt_email: 'ann@example.com' }])
        assert.ok((await failure(intent(other, key))) instanceof Stripe.errors.StripeIdempotencyError);
    const invalid = await failure(intent({ receipt_email: 'nobody' }));
    assert.deepEqual([invalid.code, invalid.param], ['email_invalid', 'receipt_email']);
    const nameless = await failure(intent({ shipping: { address: ann.shipping.address } }));
    assert.deepEqual([nameless.code, nameless.param], ['parameter_missing', 'shipping[name]']);
    assert.equal((await failure(intent({ shipping: { name: 'Ann' } }))).param, 'shipping[address]');
    const long = await failure(intent({ shipping: { name: 'x'.repeat(1001), address: { line1: '1' } } }));
    assert.equal(long.param, 'shipping[name]');
    assert.equal((await failure(intent({ shipping: { ...ann.shipping, carrier: 'DHL' } }))).code, 'parameter_unknown');
});

test('a declined card is a StripeCardError, and another card may follow', async () => {
    const made = await intent();
    const error = await failure(
        stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }),
    );
    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.deepEqual(
        [error.statusCode, error.code, error.decline_code, error.message],
        [402, 'card_declined', 'insufficient_funds', 'Your card has insufficient funds.'],
    );
    assert.equal(error.payment_intent.status, 'requires_payment_method');
    assert.equal(error.payment_intent.last_payment_error.code, 'card_declined');
    const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' });
    assert.equal(paid.status, 'succeeded');
    assert.equal(paid.last_payment_error, null);
});

test('a bank may want to see the shopper', async () => {
    const made = await intent();
    const waits = await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_authenticationRequired' });
    assert.equal(waits.status, 'requires_action');
    assert.equal(waits.next_action.type, 'use_stripe_sdk');
});

test('what is cancelled is never charged', async () => {
    const made = await intent();
    assert.equal((await stripe.paymentIntents.cancel(made.id)).status, 'canceled');
    const error = await failure(stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' }));
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError);
    assert.equal(error.code, 'payment_intent_unexpected_state');
});

test('a key used again gives the same answer, and for something else an error', async () => {
    const key = { idempotencyKey: 'node-1' };
    const [one, two] = await Promise.all([intent({}, key), intent({}, key)]);
    assert.equal(one.id, two.id);
    const error = await failure(intent({ amount: 1498 }, key));
    assert.ok(error instanceof Stripe.errors.StripeIdempotencyError);
});

test('what is not there, not allowed or not known is told as Stripe tells it', async () => {
    const unknown = await failure(stripe.paymentIntents.retrieve('pi_nobody'));
    assert.deepEqual([unknown.statusCode, unknown.code], [404, 'resource_missing']);
    assert.equal(unknown.message, "No such payment_intent: 'pi_nobody'");
    assert.equal((await failure(intent({ amount: 0 }))).param, 'amount');
    assert.equal((await failure(intent({ amount: 100000000 }))).code, 'amount_too_large');
    assert.equal((await failure(intent({ capture_method: 'manual' }))).code, 'parameter_unknown');
    const stranger = new Stripe('sk_live_node', { ...options, maxNetworkRetries: 0 });
    const refused = await failure(stranger.paymentIntents.retrieve('pi_nobody'));
    assert.ok(refused instanceof Stripe.errors.StripeAuthenticationError);
});

test('a list is newest first, in pages', async () => {
    const made = [await intent(), await intent(), await intent()].map((i) => i.id).reverse();
    const page = await stripe.paymentIntents.list({ limit: 2 });
    assert.deepEqual(page.data.map((i) => i.id), made.slice(0, 2));
    assert.equal(page.has_more, true);
    const next = await stripe.paymentIntents.list({ limit: 1, starting_after: made[1] });
    assert.equal(next.data[0].id, made[2]);
});

test('an error of HTTP has the shape of an error of Stripe, so that clients throw', async () => {
    const wrong = [
        () => stripe.paymentIntents.capture('pi_1'),
        () => stripe.refunds.list(),
        () => stripe.customers.create({ email: 'a@b.example' }),
        () => stripe.paymentIntents.search({ query: 'x' }),
    ];
    for (const call of wrong) {
        const error = await failure(call());
        assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError, String(error));
        assert.ok([400, 404, 405].includes(error.statusCode) && error.message.length > 10, error.message);
    }
});

test('pages are walked through in both directions, and end', async () => {
    for (let i = 0; i < 5; i++) await intent();
    const all = [];
    for await (const one of stripe.paymentIntents.list({ limit: 2 })) all.push(one.id);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.length >= 5);
    const back = [];
    for await (const one of stripe.paymentIntents.list({ limit: 2, ending_before: all.at(-1) })) back.push(one.id);
    assert.deepEqual(back, all.slice(0, -1).reverse());
    const page = await stripe.paymentIntents.list({ limit: 2, ending_before: all[4] });
    assert.deepEqual([page.data.map((i) => i.id), page.has_more], [all.slice(2, 4), true]);
    const last = await stripe.paymentIntents.list({ limit: 3, ending_before: all[2] });
    assert.deepEqual([last.data.map((i) => i.id), last.has_more], [all.slice(0, 2), false]);
});

test('a list is narrowed by the time of creation, and refuses what it does not know', async () => {
    const { created } = await intent();
    const count = async (range) => (await stripe.paymentIntents.list({ limit: 100, created: range })).data.length;
    const all = await count({ gte: 0 });
    assert.ok(all > 0);
    assert.equal(await count({ gt: created }), 0);
    assert.equal(await count({ lt: created + 1 }), all);
    assert.equal((await count({ lte: created - 1 })) + (await count({ gte: created })), all);
    assert.ok((await count(created)) >= 1);
    assert.equal((await failure(stripe.paymentIntents.list({ customer: 'cus_1' }))).code, 'parameter_unknown');
    assert.equal((await failure(stripe.paymentIntents.list({ ending_before: 'pi_no' }))).param, 'ending_before');
});

test('a replayed answer says so', async () => {
    const key = { idempotencyKey: 'node-replayed' };
    const replayed = (made) => made.lastResponse.headers['idempotent-replayed'];
    assert.equal(replayed(await intent({}, key)), undefined);
    assert.equal(replayed(await intent({}, key)), 'true');
});

test('a parameter that is no number, no UUID or out of its bounds is refused by its name', async () => {
    const lists = (query) => () => stripe.paymentIntents.list(query);
    const rows = [
        ...[0, 101, -1, 'x', '9'.repeat(16)].map((limit) => ['limit', lists({ limit })]),
        ...[{ gt: 'x' }, { gte: 'x' }, { lt: 'x' }, { lte: 'x' }, 'x'].map((created) => ['created', lists({ created })]),
        ...[-5, 0, 'x', '1.5'].map((amount) => ['amount', () => intent({ amount })]),
        ...['till_payment', 'till_order', 'till_refund'].map((name) => ['metadata', () => intent({ metadata: { [name]: 'x' } })]),
        ['payment_method', () => intent({ payment_method: 'pm_card_visa' })],
    ];
    for (const [param, ask] of rows) {
        const error = await failure(ask());
        assert.deepEqual([error.statusCode, error.type, error.param], [400, 'StripeInvalidRequestError', param], error.message);
    }
});

test('only a secret key for tests opens the port, as a bearer or as the user of Basic', async () => {
    const { host, port } = options, basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;
    const status = async (authorization) => (await fetch(`http://${host}:${port}/v1/refunds?limit=0`, { headers: authorization ? { authorization } : {} })).status;
    for (const good of ['Bearer sk_test_node', basic('sk_test_node:'), basic('sk_test_node')]) assert.equal(await status(good), 400, good);
    for (const bad of ['', 'Bearer sk_live_node', 'Bearer sk_test_', 'Bearer', basic(''), basic('pk_test_node:'), 'Basic c2tf', 'Basic !!!!', 'Basic abcde', basic('sk_test_' + 'x'.repeat(1024))])
        assert.equal(await status(bad), 401, bad);
});
