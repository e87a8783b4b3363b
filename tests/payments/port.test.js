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
