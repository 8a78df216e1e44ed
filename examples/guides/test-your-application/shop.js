// A shop that asks for a payment and learns from a webhook that it was paid.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

export class Shop {
  paid = new Map(); // invoices by the ID of their payment

  constructor(client, { organizationId, environmentId, walletId }) {
    Object.assign(this, { client, organizationId, environmentId, walletId });
  }

  // order asks for a payment in millisatoshis, and returns the invoice that the customer pays.
  async order(msats) {
    const payment = await this.client.createPaymentRequest({
      organization_id: this.organizationId,
      environment_id: this.environmentId,
      payment: { wallet_id: this.walletId, payment_kind: "bolt11", currency: "btc", amount_msats: msats },
    });
    return { id: payment.id, invoice: payment.data.payment_request };
  }

  // listen receives webhooks on a free port of this machine, and registers the address with Voltage.
  async listen() {
    this.server = createServer((request, response) => this.#receive(request, response));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { id, shared_secret } = await this.client.createWebhook({
      organization_id: this.organizationId,
      environment_id: this.environmentId,
      webhook: {
        name: "shop",
        url: `http://127.0.0.1:${this.server.address().port}/voltage`,
        events: [{ receive: "completed" }],
      },
    });
    Object.assign(this, { webhookId: id, secret: shared_secret });
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await this.client.deleteWebhook({
      organization_id: this.organizationId,
      environment_id: this.environmentId,
      webhook_id: this.webhookId,
    });
  }

  async #receive(request, response) {
    const body = Buffer.concat(await request.toArray());
    if (!this.#isSigned(body, request.headers)) {
      response.writeHead(401).end();
      return;
    }
    const { type, detail } = JSON.parse(body);
    if (type === "receive" && detail.event === "completed") this.paid.set(detail.data.id, detail.data);
    response.end(); // Voltage tries again after a status that is not 2xx
  }

  // The signature is HMAC-SHA256 of the body, a dot, and the timestamp, with the secret of the webhook.
  #isSigned(body, headers) {
    const wanted = createHmac("sha256", this.secret).update(body).update(`.${headers["x-voltage-timestamp"]}`).digest();
    const given = Buffer.from(headers["x-voltage-signature"] ?? "", "base64");
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}
