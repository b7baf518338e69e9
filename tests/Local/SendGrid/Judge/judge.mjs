// Reads requests, one JSON object a line, and answers each with one line: what SendGrid's own SDK makes of it.
import { createInterface } from 'node:readline';
import { Client } from '@sendgrid/client';
import eventWebhook from '@sendgrid/eventwebhook';
import mail from '@sendgrid/mail';

const ask = {
  async send({ address, key, messages }) {
    const client = new Client();
    client.setApiKey(key);
    client.setDefaultRequest('baseUrl', address);
    mail.setClient(client);
    try {
      const answers = [await mail.send(messages)].flat(Infinity).filter((one) => one?.statusCode);
      return answers.map((one) => ({ status: one.statusCode, messageId: one.headers['x-message-id'], body: one.body }));
    } catch (error) {
      return { status: error.code, message: error.message, body: error.response?.body };
    }
  },

  async verify({ publicKey, body, signature, timestamp }) {
    const webhook = new eventWebhook.EventWebhook();
    return webhook.verifySignature(webhook.convertPublicKeyToECDSA(publicKey), body, signature, timestamp);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(await ask[request.ask](request)));
}
