// A short share of `make soak-disconnects`: nothing that is said in a chat is missed or heard
// twice, and its order is kept, however often connections are cut.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {cutConnections} from './support/disconnects.mjs';
import {writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';

test('a thousand cut connections lose nothing, double nothing and keep the order', async () => {
  const server = await Server.start({data: temporaryFolder(), solutions: [writeEcho()]});
  const sums = await cutConnections(server.ready, {chats: 20, disconnects: 1_000});
  await server.stop();
  assert.equal(sums.disconnects, 1_000);
  assert.ok(sums.messages > 1_000, `${sums.messages} messages`);
  assert.deepEqual([sums.missed, sums.doubled, sums.disordered], [0, 0, 0]);
});
