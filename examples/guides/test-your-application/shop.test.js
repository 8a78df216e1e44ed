import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { VoltageClient } from "voltage-api-sdk";

import { Shop } from "./shop.js";

const { VOLTAGE_API_URL, VOLTAGE_API_KEY, VOLTAGE_ORGANIZATION_ID, VOLTAGE_ENVIRONMENT_ID } = process.env;
const voltageEmulator = (...args) => execFileSync("voltage-emulator", args, { encoding: "utf8" });

let shop;

before(async () => {
  const client = new VoltageClient({ apiKey: VOLTAGE_API_KEY, baseUrl: VOLTAGE_API_URL });
  const wallets = await client.getWallets({ organization_id: VOLTAGE_ORGANIZATION_ID });
  shop = new Shop(client, {
    organizationId: VOLTAGE_ORGANIZATION_ID,
    environmentId: VOLTAGE_ENVIRONMENT_ID,
    walletId: wallets.find((wallet) => wallet.name === "shop").id,
  });
  await shop.listen();
});

after(() => shop.close());

async function until(what, holds) {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) if (holds()) return;
  assert.fail(`timed out after 10 seconds: ${what}`);
}

test("an order is paid, and the webhook says so", async () => {
  const order = await shop.order(21_000_000);
  assert.ok(!shop.paid.has(order.id));
  voltageEmulator("pay", order.invoice); // simulates a customer
  await until("the webhook arrives", () => shop.paid.has(order.id));
  assert.equal(shop.paid.get(order.id).status, "completed");
});

test("a webhook without a valid signature changes nothing", async () => {
  const order = await shop.order(1_000_000);
  const response = await fetch(`http://127.0.0.1:${shop.server.address().port}/voltage`, {
    method: "POST",
    headers: { "x-voltage-timestamp": "1", "x-voltage-signature": "AAAA" },
    body: JSON.stringify({ type: "receive", detail: { event: "completed", data: { id: order.id } } }),
  });
  assert.equal(response.status, 401);
  assert.ok(!shop.paid.has(order.id));
});

test("a lost answer of the API is an error in the application", async () => {
  voltageEmulator("fault", "cut-before", "-operation", "create_payment");
  await assert.rejects(shop.order(1_000_000));
});
