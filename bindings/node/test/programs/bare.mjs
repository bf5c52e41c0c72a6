// Calls on a machine that has next to nothing: no certificates, no home, no path.

import { Client } from "devin-v2";

const { CA, SECURE_URL } = process.env;
if (SECURE_URL) {
  new Client({ baseUrl: "https://devin.example.com" });
  const plain = await new Client().identity.get();
  const secured = await new Client({ baseUrl: SECURE_URL, caCertificate: CA }).identity.get();
  console.log(JSON.stringify({ plain: plain.api_key_id, secured: secured.api_key_id }));
}
