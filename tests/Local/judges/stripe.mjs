// Sets Stripe's own JavaScript library on the simulator: node stripe.mjs <address>. Prints one line of JSON.
import assert from 'node:assert/strict';
import Stripe from 'stripe';

const address = new URL(process.argv[2]);
const client = new Stripe('sk_test_judge', {
  host: address.hostname, port: address.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false,
});

const product = await client.products.create({ name: 'School' });
const price = await client.prices.create({
  product: product.id, currency: 'eur', unit_amount: 1900, recurring: { interval: 'month' }, lookup_key: 'judged',
});
assert.deepEqual((await client.prices.list({ lookup_keys: ['judged'] })).data.map((p) => p.id), [price.id]);

const customer = await client.customers.create({ email: 'a@b.example', metadata: { tenant: 'demo' } });
assert.equal(customer.lastResponse.apiVersion, '2026-07-29.dahlia');
const card = await client.paymentMethods.attach('pm_card_visa', { customer: customer.id });
await client.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });

const subscription = await client.subscriptions.create(
  { customer: customer.id, items: [{ price: price.id }], expand: ['latest_invoice.payments'] },
  { idempotencyKey: 'judge-1' },
);
assert.equal(subscription.status, 'active');
assert.equal(subscription.latest_invoice.payments.data[0].status, 'paid');
const replayed = await client.subscriptions.create(
  { customer: customer.id, items: [{ price: price.id }], expand: ['latest_invoice.payments'] },
  { idempotencyKey: 'judge-1' },
);
assert.equal(replayed.id, subscription.id);
assert.equal(replayed.lastResponse.headers['idempotent-replayed'], 'true');

const declined = await client.paymentIntents
  .create({ amount: 500, currency: 'eur', payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds', confirm: true })
  .catch((error) => error);
assert.ok(declined instanceof Stripe.errors.StripeCardError, String(declined));
assert.deepEqual([declined.statusCode, declined.code, declined.decline_code], [402, 'card_declined', 'insufficient_funds']);
assert.equal(declined.payment_intent.status, 'requires_payment_method');

const clash = await client.customers.create({ name: 'other' }, { idempotencyKey: 'judge-1' }).catch((error) => error);
assert.ok(clash instanceof Stripe.errors.StripeIdempotencyError, String(clash));
const missing = await client.invoices.retrieve('in_none').catch((error) => error);
assert.ok(missing instanceof Stripe.errors.StripeInvalidRequestError && missing.code === 'resource_missing', String(missing));
const stranger = await new Stripe('sk_live_judge', { host: address.hostname, port: address.port, protocol: 'http', maxNetworkRetries: 0 })
  .customers.list().catch((error) => error);
assert.ok(stranger instanceof Stripe.errors.StripeAuthenticationError, String(stranger));

for (let i = 0; i < 3; i++) await client.customers.create({ name: `page ${i}` });
const all = await client.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
assert.equal(new Set(all.map((c) => c.id)).size, 4);

const refund = await client.refunds.create({
  payment_intent: (await client.paymentIntents.create({ amount: 500, currency: 'eur', payment_method: 'pm_card_visa', confirm: true })).id,
});
assert.equal(refund.status, 'succeeded');
await client.subscriptions.update(subscription.id, { pause_collection: { behavior: 'void' } });
const lifted = await client.subscriptions.update(subscription.id, { pause_collection: '' });
assert.equal(lifted.pause_collection, null);
const cancelled = await client.subscriptions.cancel(subscription.id);
assert.equal(cancelled.status, 'canceled');

// The webhooks that arrived come in as lines of JSON {header, body}; the library checks each signature.
let checked = 0;
let input = '';
for await (const chunk of process.stdin) input += chunk;
for (const line of input.split('\n').filter((l) => l.length > 0)) {
  const { header, body } = JSON.parse(line);
  const event = client.webhooks.constructEvent(body, header, 'whsec_local');
  assert.throws(() => client.webhooks.constructEvent(`${body} `, header, 'whsec_local'));
  assert.equal(event.object, 'event');
  checked++;
}

console.log(JSON.stringify({ subscription: subscription.id, checked }));
