// Intents of one set by npm's node-nlp, as its documents train it:
//   node bench/nlu_node.mjs LANGUAGE TRAIN.tsv HELD.tsv
// prints the share that is right, the CPU seconds of training, and microseconds a text.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const require = createRequire(process.cwd() + '/');
const {NlpManager} = require('node-nlp');
const [language, train, held] = process.argv.slice(2);

const rows = (file) =>
  readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => {
    const tab = line.lastIndexOf('\t');
    return [line.slice(0, tab), line.slice(tab + 1)];
  });
const cpu = () => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1e6;
};

const manager = new NlpManager({
  languages: [language], forceNER: false, autoSave: false, nlu: {log: false},
});
for (const [text, intent] of rows(train)) manager.addDocument(language, text, intent);
let before = cpu();
await manager.train();
const trained = cpu() - before;
const unseen = rows(held);
before = cpu();
let right = 0;
for (const [text, intent] of unseen) {
  const {intent: guess} = await manager.process(language, text);
  if (guess === intent) right += 1;
}
const each = ((cpu() - before) * 1e6) / unseen.length;
const share = (100 * right) / unseen.length;
console.log(`${share.toFixed(2)} ${trained.toFixed(1)} ${each.toFixed(0)}`);
