/** What stands in a body that a provider is sent, in the words of whichever protocol the provider speaks. */

type Fields = Readonly<Record<string, unknown>>;

export interface SentBody {
  readonly system?: readonly { readonly text: string }[];
  readonly messages: readonly SentMessage[];
  readonly tools?: readonly Fields[];
}

export interface SentMessage {
  readonly role: string;
  readonly content: string | readonly Fields[] | null;
  readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
}

const BETWEEN = '\n\n';

/** All that instructs: the first is the prompt by itself, where the body begins with it. */
export function textsToldFirst(sent: SentBody, prompt: string): string[] {
  const between = sent.messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) =>
      typeof content === 'string' ? content : (content ?? []).map(({ text }) => String(text)).join(BETWEEN),
    );
  if (sent.system !== undefined) return [...sent.system.map(({ text }) => text), ...between];
  const [first = '', ...others] = between;
  const isOurs =
    sent.messages[0]?.role === 'system' && (first === prompt || first.startsWith(prompt + BETWEEN));
  return isOurs ? [prompt, first.slice(prompt.length), ...others] : [first, ...others];
}

/** How many images there are, and the characters of their base64. */
export function imagesIn({ messages }: SentBody): { readonly count: number; readonly data: number } {
  let count = 0;
  let data = 0;
  const look = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    for (const part of value as Fields[]) {
      const { type, source, image_url: image, content } = part;
      if (type === 'image' && (source as Fields)['type'] === 'base64')
        data += String((source as Fields)['data']).length;
      if (type === 'image_url') {
        const url = String((image as Fields)['url']);
        if (url.startsWith('data:')) data += url.length - url.indexOf(';base64,') - 8;
      }
      if (type === 'image' || type === 'image_url') count += 1;
      if (type === 'tool_result') look(content);
      if (type === 'document') look((source as Fields)['content']);
    }
  };
  for (const { content } of messages) look(content);
  return { count, data };
}
