// Drives the vendor's own client, voltage-api-sdk, against the emulator: every method, in the shapes of its README and its types.
// What the contract refuses of these shapes is in the last group, and in README.md.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { VoltageApiError, VoltageClient } from 'voltage-api-sdk';

import { startEmulator } from './emulator.js';

const ASSET = 'asset:034d8de991e76a6994753ddb4505d354873f96a1aa400a82eac1ee4fd443cfd62e';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FAST = { intervalMs: 20 }; // the emulator is done within milliseconds

// METHODS is the SDK's whole surface. Private ones poll, and are driven by the others.
const METHODS = Object.getOwnPropertyNames(VoltageClient.prototype).filter((name) => !/^(constructor|pollFor\w*|sleep)$/.test(name));
const calls = Object.fromEntries(METHODS.map((name) => [name, 0]));

// counted is a client whose calls are counted.
function counted(config) {
  return new Proxy(new VoltageClient(config), {
    get(client, name) {
      const member = Reflect.get(client, name);
      if (!METHODS.includes(name)) return member;
      return (...args) => {
        calls[name]++;
        return member.apply(client, args);
      };
    },
  });
}

let emulator, client, organization_id, environment_id, elsewhere_id, lines, wallets;

before(async () => {
  emulator = await startEmulator();
  organization_id = emulator.exports.VOLTAGE_ORGANIZATION_ID;
  environment_id = emulator.exports.VOLTAGE_ENVIRONMENT_ID;
  client = counted({ apiKey: emulator.exports.VOLTAGE_API_KEY, baseUrl: emulator.exports.VOLTAGE_API_URL, timeout: 5000 });
  const list = await client.getWallets({ organization_id });
  wallets = Object.fromEntries(list.map((wallet) => [wallet.name, wallet]));
  elsewhere_id = wallets.stranger.environment_id;
  const summaries = await client.getLinesOfCredit({ organization_id });
  lines = summaries.filter((line) => line.environment_id === environment_id);
});

after(async () => {
  await emulator?.stop();
  const driven = METHODS.filter((name) => calls[name] > 0);
  const total = Object.values(calls).reduce((sum, n) => sum + n, 0);
  console.log(`SDK: ${driven.length} of ${METHODS.length} methods, ${total} calls`);
});

// receive and send are the SDK's calls with what all of them share.
const receive = (payment, config = FAST) => client.createPaymentRequest({ organization_id, environment_id, payment }, config);
const send = (payment, config = FAST) => client.sendPayment({ organization_id, environment_id, payment }, config);
const read = (payment_id) => client.getPayment({ organization_id, environment_id, payment_id });

// until reads again until a condition holds: writes are done later, as with the real API.
async function until(what, get, holds) {
  for (let tries = 0; tries < 100; tries++) {
    const value = await get();
    if (holds(value)) return value;
    await sleep(20);
  }
  assert.fail(`timed out after 2 seconds: ${what}`);
}

// refused expects the API's refusal, in the SDK's error.
const refused = (status, type) => (error) => {
  assert.ok(error instanceof VoltageApiError, String(error));
  assert.equal(error.status, status);
  assert.equal(error.code, 'HTTP_ERROR');
  assert.equal(error.details.error.type, type);
  assert.equal(typeof error.details.error.detail, 'string');
  return true;
};

// outside makes an invoice, address or URI that is not of this environment, as anybody else's.
const outside = (payment) =>
  client.createPaymentRequest(
    { organization_id, environment_id: elsewhere_id, payment: { wallet_id: wallets.stranger.id, ...payment } },
    FAST,
  );

const total = async (wallet_id, currency = 'btc') => {
  const { balances } = await client.getWallet({ organization_id, wallet_id });
  const balance = balances.find((b) => b.currency === currency);
  return balance ? balance.total.amount * (balance.total.negative ? -1 : 1) : 0;
};

describe('clients', () => {
  test('an API key from the environment, as "Basic Usage" has it', async () => {
    process.env.VOLTAGE_BASE_URL = emulator.exports.VOLTAGE_API_URL;
    process.env.VOLTAGE_API_KEY = emulator.exports.VOLTAGE_API_KEY;
    const basic = counted({
      apiKey: process.env.VOLTAGE_API_KEY,
      baseUrl: process.env.VOLTAGE_BASE_URL || 'https://voltageapi.com/v1',
      timeout: parseInt(process.env.VOLTAGE_TIMEOUT || '30000'),
    });
    const list = await basic.getWallets({ organization_id });
    assert.deepEqual(list.map((wallet) => wallet.name).sort(), ['assets', 'shop', 'stranger', 'till']);
  });

  test('a bearer token', async () => {
    const user = counted({ bearerToken: 'acme.user.token', baseUrl: emulator.exports.VOLTAGE_API_URL });
    assert.equal((await user.getWallet({ organization_id, wallet_id: wallets.shop.id })).name, 'shop');
  });

  test('CommonJS, and a base URL with a slash at its end', async () => {
    const sdk = createRequire(import.meta.url)('voltage-api-sdk');
    const other = new sdk.VoltageClient({ apiKey: emulator.exports.VOLTAGE_API_KEY, baseUrl: `${emulator.exports.VOLTAGE_API_URL}/` });
    assert.equal((await other.getWallet({ organization_id, wallet_id: wallets.till.id })).name, 'till');
  });
});

describe('the HTTP client behind it', () => {
  test('every method, for what the SDK has no method of its own', async () => {
    const http = client.getHttpClient();
    const environment = `/organizations/${organization_id}/environments/${environment_id}`;
    const settings = { origin_policy: 'allowlist', allowed_origins: ['https://shop.example'] };
    assert.deepEqual((await http.put(`${environment}/checkout/settings`, settings)).status, 200);
    const get = () =>
      http.get(`${environment}/checkout/settings`).then(
        (r) => r.data,
        () => ({}),
      );
    const { origin_policy, allowed_origins } = await until('the settings are there', get, (s) => s.origin_policy === 'allowlist');
    assert.deepEqual({ origin_policy, allowed_origins }, settings);

    const id = randomUUID();
    const quote = { id, line_of_credit_id: lines.find((l) => l.currency === 'usd').id, network: 'mutinynet' };
    const asked = await http.post(`${environment}/quotes`, { ...quote, amount: { currency: 'usd', amount: 600 }, to: 'btc' });
    assert.deepEqual([asked.status, asked.data], [202, null]);
    const read = () =>
      http.request(`${environment}/quotes/${id}`, { method: 'GET' }).then(
        (r) => r.data,
        () => ({}),
      );
    const made = await until('the quote is there', read, (q) => q.created_at);
    assert.deepEqual([made.amount.amount, made.to, made.consumed_at ?? null], [600, 'btc', null]);
    await assert.rejects(http.delete(`/organizations/${organization_id}/wallets/${randomUUID()}`), refused(404, 'instance_not_found'));
  });
});

describe('wallets', () => {
  test('getWallets, getWallet: every field of the type Wallet', async () => {
    const wallet = await client.getWallet({ organization_id, wallet_id: wallets.shop.id });
    assert.deepEqual(wallet, wallets.shop);
    assert.equal(wallet.active, true);
    assert.equal(wallet.organization_id, organization_id);
    assert.equal(wallet.environment_id, environment_id);
    assert.equal(wallet.network, 'mutinynet');
    assert.equal(wallet.limit, 200000000);
    assert.equal(wallet.line_of_credit_id, lines.find((line) => line.currency === 'btc').id);
    assert.deepEqual(wallet.metadata, { team: 'payments' });
    assert.ok(!Number.isNaN(Date.parse(wallet.created_at)) && !Number.isNaN(Date.parse(wallet.updated_at)));
    assert.equal(wallet.deleted_at ?? null, null);
    assert.equal(wallet.error ?? null, null);
    assert.deepEqual(wallet.holds, []);
    const [balance] = wallet.balances;
    assert.equal(balance.wallet_id, wallet.id);
    assert.equal(balance.currency, 'btc');
    assert.equal(balance.network, 'mutinynet');
    for (const amount of [balance.available, balance.total]) {
      assert.deepEqual([amount.amount, amount.currency, amount.negative], [500000000, 'btc', false]);
    }
  });

  test('createWallet, rename over the HTTP client, deleteWallet', async () => {
    const wallet_id = randomUUID();
    const line = lines.find((l) => l.currency === 'btc');
    const made = await client.createWallet({
      organization_id,
      wallet: {
        id: wallet_id,
        environment_id,
        line_of_credit_id: line.id,
        name: 'My New Wallet',
        network: 'mutinynet',
        limit: 100000000,
        metadata: { description: 'A test wallet' },
      },
    });
    assert.equal(made, undefined);
    const get = () => client.getWallet({ organization_id, wallet_id }).catch((error) => refused(404, 'instance_not_found')(error) && null);
    const wallet = await until('the wallet can be read', get, Boolean);
    assert.equal(wallet.id, wallet_id);
    assert.equal(wallet.name, 'My New Wallet');
    assert.equal(wallet.limit, 100000000);
    assert.deepEqual(wallet.metadata, { description: 'A test wallet' });
    assert.deepEqual(wallet.balances, []);
    assert.equal((await client.getLineOfCredit({ organization_id, line_id: line.id })).allocated_limit, line.allocated_limit + 100000000);

    const http = client.getHttpClient();
    const renamed = await http.patch(`/organizations/${organization_id}/wallets/${wallet_id}`, { name: 'Renamed' });
    assert.deepEqual([renamed.status, renamed.data], [202, null]);
    await until('the wallet has its new name', get, (w) => w.name === 'Renamed');

    assert.equal(await client.deleteWallet({ organization_id, wallet_id }), undefined);
    const deleted = await until('the wallet is deleted', get, (w) => !w.active);
    assert.ok(!Number.isNaN(Date.parse(deleted.deleted_at)));
    assert.ok(!(await client.getWallets({ organization_id })).some((w) => w.id === wallet_id));
  });

  test('createWallet without an id is refused: the client makes the ID', async () => {
    const { environment_id: _, ...rest } = {
      environment_id,
      line_of_credit_id: lines[0].id,
      name: 'No ID',
      network: 'mutinynet',
      limit: 1,
    };
    await assert.rejects(client.createWallet({ organization_id, wallet: { ...rest, environment_id } }), refused(422, 'invalid_data'));
  });

  test('deleteWallet of a wallet with funds', async () => {
    await assert.rejects(client.deleteWallet({ organization_id, wallet_id: wallets.shop.id }), refused(400, 'wallet_not_empty'));
  });
});

describe('lines of credit', () => {
  test('getLinesOfCredit, getLineOfCredit', async () => {
    const btc = lines.find((line) => line.currency === 'btc');
    assert.deepEqual(await client.getLineOfCredit({ organization_id, line_id: btc.id }), btc);
    assert.equal(btc.organization_id, organization_id);
    assert.equal(btc.network, 'mutinynet');
    assert.equal(btc.limit, 100000000000);
    assert.equal(btc.allocated_limit, 400000000);
    assert.equal(btc.disabled_at ?? null, null);
    assert.ok(btc.status === null || 'secured' in btc.status !== 'verified' in btc.status, JSON.stringify(btc.status));
    assert.equal(lines.find((line) => line.currency === 'usd').limit, 10000000);
  });
});

describe('payment requests', () => {
  test('Lightning: the README example, paid from outside', async () => {
    const before = await total(wallets.till.id);
    const payment = await receive({
      wallet_id: wallets.till.id,
      currency: 'btc',
      amount_msats: 150000,
      payment_kind: 'bolt11',
      description: 'Payment for coffee',
    });
    assert.match(payment.id, UUID);
    assert.deepEqual([payment.direction, payment.type, payment.status, payment.currency], ['receive', 'bolt11', 'receiving', 'btc']);
    assert.deepEqual(
      [payment.wallet_id, payment.organization_id, payment.environment_id],
      [wallets.till.id, organization_id, environment_id],
    );
    assert.match(payment.data.payment_request, /^lntbs1500n1/);
    assert.equal(payment.data.amount_msats, 150000);
    assert.equal(payment.data.memo, 'Payment for coffee');
    assert.equal(payment.bip21_uri, `lightning:${payment.data.payment_request}`);
    assert.equal(payment.error ?? null, null);

    await emulator.pay(payment.data.payment_request);
    const paid = await until(
      'the receive is completed',
      () => read(payment.id),
      (p) => p.status === 'completed',
    );
    assert.equal(paid.data.amount_msats, 150000);
    assert.equal(await total(wallets.till.id), before + 150000);
  });

  test('BIP 21: the README example', async () => {
    const payment = await receive({
      wallet_id: wallets.till.id,
      currency: 'btc',
      amount_msats: 250000,
      payment_kind: 'bip21',
      description: 'Flexible payment (Lightning or On-chain)',
    });
    assert.equal(payment.type, 'bip21');
    assert.match(payment.data.payment_request, /^lntbs2500n1/);
    assert.match(payment.data.address, /^tb1/);
    assert.equal(payment.data.amount_msats, 250000);
    assert.equal(payment.data.description, 'Flexible payment (Lightning or On-chain)');
    assert.deepEqual(payment.data.receipts, []);
    assert.ok(payment.bip21_uri.toLowerCase().startsWith('bitcoin:') && payment.bip21_uri.includes(payment.data.payment_request));
  });

  for (const kind of ['bolt11', 'bip21']) {
    test(`any amount, ${kind}: amount_msats null, as the README has it`, async () => {
      const payment = await receive({
        wallet_id: wallets.till.id,
        currency: 'btc',
        amount_msats: null,
        payment_kind: kind,
        description: 'Any amount Lightning payment',
      });
      assert.match(payment.data.payment_request, /^lntbs1/);
      assert.equal(payment.data.amount_msats, 0);
      await assert.rejects(emulator.pay(payment.data.payment_request), /any amount/);
      await emulator.pay(payment.data.payment_request, 21000);
      const paid = await until(
        'the receive is completed',
        () => read(payment.id),
        (p) => p.status === 'completed',
      );
      assert.equal(paid.data.amount_msats, 21000);
    });
  }

  test('a polling configuration and an ID of the caller', async () => {
    const id = randomUUID();
    const payment = await receive(
      {
        id,
        wallet_id: wallets.till.id,
        currency: 'btc',
        amount_msats: 150000,
        payment_kind: 'bolt11',
        description: 'Payment with custom polling',
      },
      { maxAttempts: 20, intervalMs: 50, timeoutMs: 10000 },
    );
    assert.equal(payment.id, id);
    assert.deepEqual(await client.getPayment({ organization_id, environment_id, payment_id: id }), payment);
    await assert.rejects(
      receive({ id, wallet_id: wallets.till.id, currency: 'btc', amount_msats: 150000, payment_kind: 'bolt11' }),
      refused(409, 'payment_exists'),
    );
  });

  test('on-chain, with the amount object of the contract', async () => {
    const payment = await receive({
      wallet_id: wallets.till.id,
      amount: { currency: 'btc', amount: 1500000 },
      payment_kind: 'onchain',
      description: 'On-chain payment for services',
    });
    assert.equal(payment.type, 'onchain');
    assert.match(payment.data.address, /^tb1/);
    assert.equal(payment.data.amount_sats, 1500);
    assert.equal(payment.data.label, 'On-chain payment for services');
    assert.deepEqual(payment.data.receipts, []);
    await emulator.pay(payment.data.address);
    const paid = await until(
      'the receive is completed',
      () => read(payment.id),
      (p) => p.status === 'completed',
    );
    const [receipt] = paid.data.receipts.map((r) => r.data ?? r);
    assert.equal(receipt.amount_sats, 1500);
    assert.match(receipt.tx_id, /^[0-9a-f]{64}$/);
    assert.ok(receipt.required_confirmations_num >= 0);
  });

  test('Taproot asset: the README example', async () => {
    const payment = await receive({
      wallet_id: wallets.assets.id,
      payment_kind: 'taprootasset',
      amount: { currency: ASSET, amount: 1_000_000, unit: 'base units' },
      description: 'Receive Taproot Asset',
    });
    assert.equal(payment.type, 'taprootasset');
    assert.match(payment.data.payment_request, /^ln/);
    assert.equal(payment.data.asset, ASSET.slice('asset:'.length));
    assert.deepEqual(payment.data.amount, { currency: ASSET, amount: 1000000, unit: 'base units' });
    assert.equal(payment.data.memo, 'Receive Taproot Asset');
  });
});

describe('sends', () => {
  test("bolt11 to a stranger: the amount is the invoice's, and null elsewhere", async () => {
    const invoice = (await outside({ currency: 'btc', amount_msats: 2000000, payment_kind: 'bolt11', description: 'From a stranger' })).data
      .payment_request;
    const before = await total(wallets.shop.id);
    const requests = (await emulator.requests('create_payment')).length;
    const payment = await send({
      wallet_id: wallets.shop.id,
      currency: 'btc',
      type: 'bolt11',
      data: { payment_request: invoice, amount_msats: null, max_fee_msats: null },
    });
    assert.match(payment.id, UUID);
    assert.deepEqual([payment.direction, payment.type, payment.status, payment.currency], ['send', 'bolt11', 'completed', 'btc']);
    assert.equal(payment.data.payment_request, invoice);
    assert.equal(payment.data.amount_msats, 2000000);
    assert.equal(payment.data.max_fee_msats, 20000, '1% of the amount');
    assert.ok(payment.data.fee_msats >= 0 && payment.data.fee_msats <= 20000);
    assert.equal(await total(wallets.shop.id), before - 2000000 - payment.data.fee_msats);
    assert.equal((await emulator.requests('create_payment')).length, requests + 1);
  });

  test('bolt11 of any amount, with the older amounts', async () => {
    const invoice = (await outside({ currency: 'btc', amount_msats: null, payment_kind: 'bolt11' })).data.payment_request;
    const payment = await send({
      wallet_id: wallets.shop.id,
      currency: 'btc',
      type: 'bolt11',
      data: { payment_request: invoice, amount_msats: 42000, max_fee_msats: 5000 },
    });
    assert.deepEqual([payment.status, payment.data.amount_msats, payment.data.max_fee_msats], ['completed', 42000, 5000]);
  });

  test('bolt11 to another wallet of the environment completes on both sides', async () => {
    const request = await receive({ wallet_id: wallets.till.id, currency: 'btc', amount_msats: 77000, payment_kind: 'bolt11' });
    const payment = await send({
      wallet_id: wallets.shop.id,
      currency: 'btc',
      type: 'bolt11',
      data: { payment_request: request.data.payment_request },
    });
    assert.equal(payment.status, 'completed');
    const paid = await until(
      'the receive is completed',
      () => read(request.id),
      (p) => p.status === 'completed',
    );
    assert.equal(paid.data.amount_msats, 77000);
  });

  test('on-chain, in satoshis', async () => {
    const { address } = (await outside({ amount: { currency: 'btc', amount: 1000000 }, payment_kind: 'onchain' })).data;
    const payment = await send({
      wallet_id: wallets.shop.id,
      currency: 'btc',
      type: 'onchain',
      data: { address, amount_sats: 1000, max_fee_sats: 500, description: 'To cold storage' },
    });
    assert.deepEqual([payment.type, payment.status, payment.data.address], ['onchain', 'completed', address]);
    assert.deepEqual([payment.data.amount_sats, payment.data.max_fee_sats], [1000, 500]);
    assert.ok(payment.data.fee_sats <= 500);
    assert.equal(payment.data.label, 'To cold storage');
    assert.equal((payment.data.outflows ?? []).length, 1);
  });

  test('BIP 21: an address and an amount beside it, nulls for the rest', async () => {
    const { address } = (await outside({ amount: { currency: 'btc', amount: 3000000 }, payment_kind: 'onchain' })).data;
    const payment = await send({
      wallet_id: wallets.shop.id,
      currency: 'btc',
      type: 'bip21',
      data: { address, amount_msats: 3000000, max_fee_msats: 400000, description: 'By address' },
    });
    assert.deepEqual([payment.type, payment.status, payment.data.address], ['bip21', 'completed', address]);
    assert.deepEqual([payment.data.amount_msats, payment.data.max_fee_msats], [3000000, 400000]);
    assert.equal(payment.data.description, 'By address');
  });

  test('BIP 21: a whole URI, with nulls for amount and fee', async () => {
    const uri = (await outside({ currency: 'btc', amount_msats: 250000, payment_kind: 'bip21', description: 'Unified' })).bip21_uri;
    const payment = await send({
      wallet_id: wallets.shop.id,
      currency: 'btc',
      type: 'bip21',
      data: { address: uri, amount_msats: null, max_fee_msats: null },
    });
    assert.deepEqual([payment.type, payment.status, payment.data.amount_msats], ['bip21', 'completed', 250000]);
  });

  test("a send that fails rejects with the API's own text", async () => {
    const invoice = (await outside({ currency: 'btc', amount_msats: 90000000000, payment_kind: 'bolt11' })).data.payment_request;
    const id = randomUUID();
    await assert.rejects(
      send({ id, wallet_id: wallets.till.id, currency: 'btc', type: 'bolt11', data: { payment_request: invoice } }),
      /^Error: Send payment failed: \S/,
    );
    const failed = await read(id);
    assert.deepEqual([failed.status, failed.error.type], ['failed', 'hold_failed']);
  });
});

describe('what was paid', () => {
  test('getPayments: paging, and every filter that the SDK writes as the contract has it', async () => {
    const all = await client.getPayments({ organization_id, environment_id, offset: 0, limit: 100 });
    assert.equal(all.items.length, all.total);
    assert.ok(all.total >= 10);
    const page = await client.getPayments({
      organization_id,
      environment_id,
      offset: 1,
      limit: 2,
      sort_key: 'created_at',
      sort_order: 'ASC',
    });
    assert.deepEqual([page.items.length, page.offset, page.limit, page.total], [2, 1, 2, all.total]);
    assert.ok(page.items[0].created_at <= page.items[1].created_at);
    for (const [filter, holds] of [
      [{ wallet_id: wallets.till.id }, (p) => p.wallet_id === wallets.till.id],
      [{ kind: 'onchain' }, (p) => p.type === 'onchain'],
      [{ direction: 'send' }, (p) => p.direction === 'send'],
      [{ 'statuses[]': ['completed', 'failed'] }, (p) => ['completed', 'failed'].includes(p.status)],
      [{ start_date: all.items.at(-1).created_at, end_date: new Date().toISOString() }, () => true],
    ]) {
      const found = await client.getPayments({ organization_id, environment_id, limit: 100, ...filter });
      assert.ok(found.items.length > 0 && found.items.every(holds), JSON.stringify(filter));
      assert.equal(found.total, all.items.filter(holds).length, JSON.stringify(filter));
    }
    const none = await client.getPayments({ organization_id, environment_id, start_date: '2999-01-01T00:00:00Z' });
    assert.deepEqual([none.items, none.total], [[], 0]);
  });

  test('getWalletLedger: the sum is the balance', async () => {
    const ledger = await client.getWalletLedger({
      organization_id,
      wallet_id: wallets.till.id,
      offset: 0,
      limit: 100,
      sort_key: 'effective_time',
      sort_order: 'ASC',
    });
    assert.equal(ledger.items.length, ledger.total);
    const credited = ledger.items.filter((event) => event.type === 'credited');
    assert.equal(
      credited.reduce((sum, event) => sum + event.amount.amount, 0),
      await total(wallets.till.id),
    );
    for (const event of credited) {
      assert.match(event.payment_id, UUID);
      assert.match(event.credit_id, UUID);
      assert.equal(event.amount.currency, 'btc'); // the SDK's types are older: they have amount_msats and currency beside each other
      assert.ok(!Number.isNaN(Date.parse(event.effective_time)));
    }
    const { payment_id } = credited[0];
    const one = await client.getWalletLedger({ organization_id, wallet_id: wallets.till.id, payment_id });
    assert.ok(one.items.length > 0 && one.items.every((event) => event.payment_id === payment_id));
    const sent = await client.getWalletLedger({ organization_id, wallet_id: wallets.shop.id, limit: 100 });
    const types = new Set(sent.items.map((event) => event.type));
    for (const type of ['held', 'captured']) assert.ok(types.has(type), `the ledger of the payer has ${[...types]}`);
  });

  test('getPaymentHistory', async () => {
    const { items } = await client.getPayments({ organization_id, environment_id, direction: 'send', 'statuses[]': ['completed'] });
    const { events } = await client.getPaymentHistory({ organization_id, environment_id, payment_id: items[0].id });
    assert.ok(events.length >= 2);
    events.forEach((event, i) => {
      assert.equal(typeof event.event_type, 'string');
      assert.ok(!Number.isNaN(Date.parse(event.time)));
      assert.ok(i === 0 || event.position > events[i - 1].position);
      assert.equal(event.error ?? null, null);
    });
    const unknown = await client.getPaymentHistory({ organization_id, environment_id, payment_id: randomUUID() });
    assert.deepEqual(unknown.events, []);
  });
});

describe('webhooks', () => {
  test('createWebhook to deleteWebhook, with a callback', async () => {
    const callbacks = [];
    const receiver = createServer(async (request, response) => {
      const chunks = await request.toArray();
      callbacks.push({
        names: request.rawHeaders.filter((_, i) => i % 2 === 0),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      response.end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${receiver.address().port}/voltage`;
    try {
      const secret = await client.createWebhook({
        organization_id,
        environment_id,
        webhook: { url, name: 'Shop', events: [{ receive: 'completed' }, { send: 'succeeded' }] },
      });
      assert.match(secret.id, UUID);
      assert.ok(secret.shared_secret.length > 0);
      const webhook_id = secret.id;
      const get = () =>
        client
          .getWebhook({ organization_id, environment_id, webhook_id })
          .catch((error) => refused(404, 'webhook_not_found')(error) && null);
      const webhook = await until('the webhook can be read', get, Boolean);
      assert.deepEqual([webhook.id, webhook.url, webhook.name, webhook.status], [webhook_id, url, 'Shop', 'active']);
      assert.deepEqual([webhook.organization_id, webhook.environment_id], [organization_id, environment_id]);
      assert.deepEqual(webhook.events, [{ receive: 'completed' }, { send: 'succeeded' }]);
      assert.ok(!Number.isNaN(Date.parse(webhook.created_at)));

      const payment = await receive({ wallet_id: wallets.till.id, currency: 'btc', amount_msats: 5000, payment_kind: 'bolt11' });
      await emulator.pay(payment.data.payment_request);
      const callback = await until('the callback', () => callbacks[0], Boolean);
      const content = JSON.parse(callback.body);
      assert.deepEqual([content.type, content.detail.event, content.detail.data.id], ['receive', 'completed', payment.id]);
      assert.equal(callback.headers['x-voltage-webhook-id'], webhook_id);
      assert.ok(callback.names.includes('x-voltage-signature'), 'headers are in lower case');
      const signed = `${callback.body}.${callback.headers['x-voltage-timestamp']}`;
      assert.equal(callback.headers['x-voltage-signature'], createHmac('sha256', secret.shared_secret).update(signed).digest('base64'));

      const key = await client.generateWebhookKey({ organization_id, environment_id, webhook_id });
      assert.equal(key.id, webhook_id);
      assert.notEqual(key.shared_secret, secret.shared_secret);

      await client.updateWebhook({
        organization_id,
        environment_id,
        webhook_id,
        webhook: { url, name: null, events: [{ test: 'created' }] },
      });
      const changed = await until('the webhook is changed', get, (w) => w.events.length === 1);
      assert.deepEqual([changed.name, changed.events], ['Shop', [{ test: 'created' }]]);

      await client.stopWebhook({ organization_id, environment_id, webhook_id });
      const stopped = await until('the webhook is stopped', get, (w) => w.status === 'stopped');
      assert.ok(!Number.isNaN(Date.parse(stopped.stopped_at)));
      await client.startWebhook({ organization_id, environment_id, webhook_id });
      await until('the webhook is started', get, (w) => w.status === 'active');

      const list = await client.getWebhooks({ organization_id, sort_key: 'created_at', sort_order: 'DESC' });
      assert.deepEqual(
        list.map((w) => w.id),
        [webhook_id],
      );
      const filtered = await client.getWebhooks({ organization_id, 'environment_ids[]': [elsewhere_id], 'statuses[]': ['active'] });
      assert.deepEqual(filtered, []);

      await client.deleteWebhook({ organization_id, environment_id, webhook_id });
      await until('the webhook is deleted', get, (w) => w === null || w.status === 'deleted');
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });
});

describe('errors', () => {
  test('an organization ID that is not one: the README example', async () => {
    await assert.rejects(client.getWallets({ organization_id: 'invalid-id' }), refused(400, 'invalid_parameter'));
  });

  test('what does not exist', async () => {
    await assert.rejects(client.getWallet({ organization_id, wallet_id: randomUUID() }), refused(404, 'instance_not_found'));
    await assert.rejects(read(randomUUID()), refused(404, 'payment_not_found'));
    await assert.rejects(
      client.getWebhook({ organization_id, environment_id, webhook_id: randomUUID() }),
      refused(404, 'webhook_not_found'),
    );
  });

  test('a key that the host does not know, and one without the permission', async () => {
    const unknown = counted({ apiKey: 'vltg_unknown', baseUrl: emulator.exports.VOLTAGE_API_URL });
    await assert.rejects(unknown.getWallets({ organization_id }), refused(400, 'missing_credentials'));
    const reader = counted({ apiKey: 'vltg_acme_read_only', baseUrl: emulator.exports.VOLTAGE_API_URL });
    await assert.rejects(reader.deleteWallet({ organization_id, wallet_id: wallets.till.id }), refused(403, 'access_rights'));
  });

  test('the SDK asks for what is missing before it sends anything', async () => {
    const before = (await emulator.requests('get_all_organizations_wallets_as_user')).length;
    assert.throws(() => new VoltageClient({}), /apiKey or bearerToken/);
    await assert.rejects(client.getWallets({}), /organization_id is required/);
    assert.equal((await emulator.requests('get_all_organizations_wallets_as_user')).length, before);
  });
});

// These forms are in the SDK's README or types, and the contract does not have them. The emulator refuses them, as the API does.
describe('forms of the SDK that the contract refuses', () => {
  test('an on-chain receive in msats, as the README has it', async () => {
    const payment = {
      wallet_id: wallets.till.id,
      currency: 'btc',
      amount_msats: 1500000,
      payment_kind: 'onchain',
      description: 'On-chain payment for services',
    };
    await assert.rejects(receive(payment), refused(422, 'invalid_data'));
  });

  test('events of a webhook in groups, as the types have them', async () => {
    const webhook = { url: 'https://shop.example/voltage', name: 'Grouped', events: [{ send: ['succeeded', 'failed'] }] };
    await assert.rejects(client.createWebhook({ organization_id, environment_id, webhook }), refused(422, 'invalid_data'));
  });

  test('lists of filters without brackets', async () => {
    await assert.rejects(
      client.getPayments({ organization_id, environment_id, statuses: ['completed'] }),
      refused(400, 'invalid_parameter'),
    );
    await assert.rejects(client.getWebhooks({ organization_id, environment_ids: [environment_id] }), refused(400, 'invalid_parameter'));
  });

  test('null for a text or an on-chain fee, as the types allow it', async () => {
    const address = 'tb1q02cxwklj76pn9ju9c4n0qdjhhzylq3xfu5960t';
    for (const [type, data] of [
      ['onchain', { address, amount_sats: 1000, max_fee_sats: null }],
      ['onchain', { address, amount_sats: 1000, description: null }],
      ['bip21', { address, amount_msats: 1000000, payment_request: null }],
      ['bip21', { address, amount_msats: 1000000, description: null }],
    ]) {
      await assert.rejects(send({ wallet_id: wallets.shop.id, currency: 'btc', type, data }), refused(422, 'invalid_data'));
    }
    const payment = { wallet_id: wallets.till.id, currency: 'btc', amount_msats: 1000, payment_kind: 'bolt11', description: null };
    await assert.rejects(receive(payment), refused(422, 'invalid_data'));
  });

  test('a Taproot asset sent, as the README has it: no such request is known to work', async () => {
    const request = await outside({ payment_kind: 'taprootasset', amount: { currency: ASSET, amount: 1_000_000, unit: 'base units' } });
    const payment = {
      wallet_id: wallets.assets.id,
      currency: ASSET,
      type: 'taprootasset',
      data: {
        payment_request: request.data.payment_request,
        asset: ASSET.slice('asset:'.length),
        amount: { currency: ASSET, amount: 1_000_000, unit: 'base units' },
        max_fee: { currency: 'btc', amount: 10_000 },
      },
    };
    await assert.rejects(send(payment), refused(400, 'invalid_payment'));
  });
});

describe('completeness', () => {
  test('the emulator itself finds nothing of its own that breaks the contract', () => {
    assert.deepEqual(
      emulator.violations.filter((line) => !line.startsWith('contract: the request')),
      [],
    );
    assert.ok(emulator.violations.length > 0, 'the refused requests are reported, so this list works');
  });

  test('every method was called', () => {
    assert.deepEqual(
      METHODS.filter((name) => calls[name] === 0),
      [],
    );
  });
});
