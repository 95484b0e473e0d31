/** What is measured: each case is one kind of call, made again and again. */

export interface Case {
  readonly name: string;
  readonly protocol: 'openai' | 'anthropic';
  /** Bytes of the request's body, exactly. */
  readonly bodyBytes: number;
  /** Events of text in a streamed answer; 0: the answer comes in one piece. */
  readonly events: number;
}

/** Measured unless `--case` says otherwise, in this order. */
export const CASES: readonly Case[] = [
  { name: 'whole-1k', protocol: 'openai', bodyBytes: 1_000, events: 0 },
  { name: 'stream-1k', protocol: 'openai', bodyBytes: 1_000, events: 20 },
  { name: 'whole-100k', protocol: 'openai', bodyBytes: 100_000, events: 0 },
  { name: 'stream-100k', protocol: 'openai', bodyBytes: 100_000, events: 20 },
  { name: 'long-stream-1k', protocol: 'openai', bodyBytes: 1_000, events: 2_000 },
  { name: 'messages-whole-1k', protocol: 'anthropic', bodyBytes: 1_000, events: 0 },
  { name: 'messages-stream-1k', protocol: 'anthropic', bodyBytes: 1_000, events: 20 },
  { name: 'messages-stream-100k', protocol: 'anthropic', bodyBytes: 100_000, events: 20 },
];

export const CONTESTANTS = ['bare', 'json', 'gateway'] as const;
export type Contestant = (typeof CONTESTANTS)[number];

export const CONNECTIONS = 16;
