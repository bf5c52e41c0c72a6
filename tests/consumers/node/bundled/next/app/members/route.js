import { NotFoundError } from "devin-v2";
import { startEmulator } from "devin-v2/testing";

export const dynamic = "force-dynamic";

export async function GET() {
  const emulator = await startEmulator({ members: 12 });
  const client = emulator.client();
  const members = await client.members.list().collect();
  const error = await client.members.get("email|000000000000000000000000").catch((error) => error);
  emulator.close();
  return Response.json({ members: members.length, typed: error instanceof NotFoundError });
}
