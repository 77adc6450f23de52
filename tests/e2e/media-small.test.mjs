// Pictures that are shown small: made in a sandbox when somebody first asks, upright and without
// what else the file said; what cannot be made small, or would do harm, is shown as it is.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {deflateSync} from 'node:zlib';

import {ChatPage, launch} from './support/browser.mjs';
import {begin, writeEcho} from './support/echo.mjs';
import {Server, kRepository, temporaryFolder} from './support/server.mjs';

const kPhoto = readFileSync(join(kRepository, 'docs/chat.png'));

/** As PNG has it. @param {Buffer} bytes */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A PNG of black and white, with words in it that make it long. @param {number} side */
function pngOf(side) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const rows = Buffer.alloc(side * (1 + Math.ceil(side / 8)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), Buffer.alloc(100_000, 'x')])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @param {number} marker @param {Buffer} data */
function segment(marker, data) {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** The same JPEG as a camera that was held on its side would write it. @param {Buffer} jpeg */
function fromCamera(jpeg) {
  const exif = Buffer.concat([
    Buffer.from('Exif\0\0II*\0\x08\0\0\0\x02\0', 'latin1'),
    Buffer.from([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]), // turned by a quarter
    Buffer.from([0x0e, 0x01, 2, 0, 20, 0, 0, 0, 38, 0, 0, 0]), // a description
    Buffer.alloc(4),
    Buffer.from('Rua dos Douradores\0\0'),
  ]);
  const long = segment(0xfe, Buffer.alloc(65_000, 'y'));
  return Buffer.concat([
    jpeg.subarray(0, 2), segment(0xe1, exif), long, long, long, jpeg.subarray(2),
  ]);
}

/** @param {Buffer} jpeg @returns {[number, number]} */
function sizeOf(jpeg) {
  for (let at = 2; ; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const isFrame = [0xc0, 0xc1, 0xc2].includes(jpeg[at + 1]);
    if (isFrame) return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
  }
}

describe('pictures that are shown small', () => {
  /** @type {Server} */ let server;
  before(async () => {
    const solutions = [writeEcho('uploads: {max_mb: 2, kinds: [image]}')];
    server = await Server.start({data: temporaryFolder(), solutions});
  });
  after(() => server?.stop());

  /** @param {Buffer} bytes @param {string} name */
  async function sent(bytes, name) {
    const session = await begin(server.ready);
    const address = `${server.ready.base_url}/messaging/v1/chats/${session.chat_id}/files`;
    const answer = await fetch(`${address}?name=${name}`, {
      method: 'POST',
      body: /** @type {any} */ (bytes),
      headers: {
        'Content-Type': 'application/octet-stream',
        'Authorization': `Bearer ${session.access_token}`,
      },
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    return (await answer.json()).file;
  }
  /** @param {string} file */
  async function small(file) {
    const answer = await fetch(`${file}?size=small`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; sandbox/);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return {type: answer.headers.get('content-type'), bytes};
  }

  test('are a picture of the same, and the whole one is there as before', async () => {
    const file = await sent(kPhoto, 'photo.png');
    const {type, bytes} = await small(file);
    assert.equal(type, 'image/jpeg', server.stderr());
    assert.equal(Math.max(...sizeOf(bytes)), 480);
    assert.ok(bytes.length < kPhoto.length / 4, `${bytes.length} bytes`);
    assert.deepEqual((await small(file)).bytes, bytes);
    assert.deepEqual(Buffer.from(await (await fetch(file)).arrayBuffer()), kPhoto);
  });

  test('stand upright and keep nothing of what the camera wrote', async () => {
    const {bytes: jpeg} = await small(await sent(kPhoto, 'photo.png'));
    const camera = fromCamera(jpeg);
    assert.ok(camera.includes('Douradores'));
    const {type, bytes} = await small(await sent(camera, 'camera.jpg'));
    assert.equal(type, 'image/jpeg');
    assert.deepEqual(sizeOf(bytes), sizeOf(jpeg).reverse());
    assert.ok(!bytes.includes('Douradores') && !bytes.includes('yyyy'), 'it says where it was');
  });

  test('are as they were sent where none can be made, and the server goes on', async () => {
    const broken = Buffer.concat([kPhoto.subarray(0, 100), Buffer.alloc(100_000, 7)]);
    const few = Buffer.concat([kPhoto.subarray(0, 60), Buffer.alloc(900, 7)]);
    for (const [bytes, why] of /** @type {[Buffer, string][]} */ ([
      [broken, 'it is no picture'],
      [few, 'it is small enough'],
      [pngOf(20_000), 'it would be 400 million points'],
    ])) {
      const shown = await small(await sent(bytes, 'a.png'));
      assert.equal(shown.type, 'image/png', why);
      assert.deepEqual(shown.bytes, bytes, why);
    }
    const plain = await small(await sent(pngOf(2_000), 'plain.png'));
    assert.equal(plain.type, 'image/jpeg', 'one that is no larger than it says');
  });

  test('stand in the conversation, and lead to the whole one', async () => {
    const browser = await launch();
    const chat = await ChatPage.open(browser, server.ready.chat_url, {reducedMotion: 'reduce'});
    await chat.hear(/Say something/);
    await chat.type('file');
    await chat.page.locator('.upload').waitFor();
    const choosing = chat.page.waitForEvent('filechooser');
    await chat.page.getByRole('button', {name: 'Send a photo'}).click();
    const photo = {name: 'photo.png', mimeType: 'image/png', buffer: kPhoto};
    await (await choosing).setFiles(photo);
    await chat.hear(/Thank you for that/);
    await chat.page.waitForFunction(() => {
      const image = /** @type {HTMLImageElement | null} */ (document.querySelector('.sent img'));
      return image !== null && Math.max(image.naturalWidth, image.naturalHeight) === 480;
    });
    const href = await chat.page.locator('a.sent').getAttribute('href');
    assert.match(href ?? '', /\/photo\.png$/);
    await chat.close();
    await browser.close();
  });
});

test('no picture is opened where there is no sandbox', async () => {
  const server = await Server.start({
    data: temporaryFolder(), solutions: [writeEcho()], more: ['--unsafe-no-sandbox'],
  });
  const session = await begin(server.ready);
  const address = `${server.ready.base_url}/messaging/v1/chats/${session.chat_id}/files`;
  const answer = await fetch(`${address}?name=photo.png`, {
    method: 'POST',
    body: kPhoto,
    headers: {Authorization: `Bearer ${session.access_token}`},
  });
  const shown = await fetch(`${(await answer.json()).file}?size=small`);
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), kPhoto);
  await server.stop();
});
