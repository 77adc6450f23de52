// Cuts connections of many chats, and says what was missed, doubled or out of order; exits 1 when
// anything was:
//   node soak-disconnects.mjs [DISCONNECTS] [CHATS] [SEED]

import {cutConnections} from './support/disconnects.mjs';
import {writeEcho} from './support/echo.mjs';
import {Server, temporaryFolder} from './support/server.mjs';

const [disconnects = '100000', chats = '1000', seed = '1'] = process.argv.slice(2);
const server = await Server.start({
  data: temporaryFolder(),
  solutions: [writeEcho()],
  more: ['--limit', 'address-sessions=off'],
});
const sums = await cutConnections(server.ready, {
  chats: Number(chats),
  disconnects: Number(disconnects),
  seed: Number(seed),
  tell: (done) => done % 10_000 === 0 && console.log(`${done} disconnects`),
});
await server.stop();
console.log(
  `${sums.disconnects} forced disconnects over ${chats} chats in ${Math.round(sums.seconds)} s: ` +
    `${sums.messages} messages, ${sums.missed} missed, ${sums.doubled} doubled, ` +
    `${sums.disordered} out of order; ${sums.refused} times said to come again later ` +
    `(seed ${seed})`,
);
process.exit(sums.missed + sums.doubled + sums.disordered > 0 ? 1 : 0);
