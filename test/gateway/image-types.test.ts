import { imageTypeOf } from '../../gateway/model/image-type';
import { PIXEL } from '../clients/support';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const base64 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');
const JPEG = base64('\xff\xd8\xff\xe0\x00\x10JFIF');
const IMAGES: readonly (readonly [type: string, data: string])[] = [
  ['image/png', PIXEL],
  ['image/jpeg', JPEG],
  ['image/gif', base64('GIF89a\x01\x00\x01\x00')],
  ['image/gif', base64('GIF87a\x01\x00\x01\x00')],
  ['image/webp', base64('RIFF\x24\x00\x00\x00WEBPVP8 ')],
];

test.each(IMAGES)('knows %s by how it begins', (type, data) => expect(imageTypeOf(data)).toBe(type));

test.each(['', 'AAAA', 'iVBO', base64('RIFF\x24\x00\x00\x00WAVEfmt '), base64('%PDF-1.7'), '!!!'])(
  'says nothing of what begins otherwise: %s',
  (data) => expect(imageTypeOf(data)).toBeUndefined(),
);

test('line breaks in the base64 do not hide it', () =>
  expect(imageTypeOf(`${PIXEL.slice(0, 4)}\r\n${PIXEL.slice(4)}`)).toBe('image/png'));

describe('an image that is another one than it is said to be', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const sentSources = (): unknown[] =>
    lastSent(gateway.standin)
      .messages.flatMap(({ content }) => content as { type: string; content?: unknown[]; source?: unknown }[])
      .flatMap((block) => [block, ...((block.content ?? []) as (typeof block)[])])
      .flatMap(({ type, source }) => (type === 'image' ? [source] : []));

  test.each(['image/png', 'image/gif', 'application/octet-stream'])(
    'is sent by a chat as what it is: %s',
    async (said) => {
      const { status, headers } = await gateway.chat(key, {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: `data:${said};base64,${JPEG}` } }],
          },
        ],
      });
      expect(status).toBe(200);
      expect(headers.get('x-gateway-dropped-fields')).toBe('image_url.media_type');
      expect(sentSources()).toEqual([{ type: 'base64', media_type: 'image/jpeg', data: JPEG }]);
    },
  );

  test('is sent by Messages as what it is, in the results of tools as well', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: JPEG } };
    const { status, headers } = await askMessages(gateway, key, {
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      messages: [
        { role: 'user', content: [image] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [image] }] },
      ],
    });
    expect(status).toBe(200);
    expect(headers.get('x-gateway-dropped-fields')).toBe('image.source.media_type');
    expect(sentSources()).toEqual([
      { type: 'base64', media_type: 'image/jpeg', data: JPEG },
      { type: 'base64', media_type: 'image/jpeg', data: JPEG },
    ]);
  });

  test('one that is what it is said to be is not touched', async () => {
    const { headers } = await gateway.chat(key, {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
        },
      ],
    });
    expect(headers.get('x-gateway-dropped-fields')).toBeNull();
  });
});
