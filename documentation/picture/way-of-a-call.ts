/** What is declared, what runs, and the way of a call through it: docs/pictures/. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { catalog } from '../../src/catalog';
import { ROOT } from '../doc-files';
import { stagesOfCall } from './stages';
import { arrow, PALETTES, picture, shape, words, type Box } from './svg';

export const FOLDER = 'docs/pictures';

const WIDTH = 960;
const ROW = 30;
const GAP = 8;
/** Pixels of a letter, on the whole. */
const LETTER = 7;

const GATEWAY: Pick<Box, 'x' | 'y' | 'width'> = { x: 250, y: 130, width: 456 };

const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'Anthropic',
  bedrock: 'AWS Bedrock',
  'openai-compatible': 'OpenAI-compatible',
};

/** A room of the code, which has to be there. */
function room(path: string): string {
  if (!existsSync(join(ROOT, path))) throw new Error(`the picture names ${path}, which is gone`);
  return path;
}

interface Chips {
  readonly parts: readonly string[];
  readonly height: number;
}

/** In rows, as text is set. */
function chips(labels: readonly string[], { x, y, width }: Pick<Box, 'x' | 'y' | 'width'>): Chips {
  const parts: string[] = [];
  let [left, top] = [x, y];
  for (const label of labels) {
    const wide = label.length * LETTER + 16;
    if (left + wide > x + width) [left, top] = [x, top + ROW + GAP];
    parts.push(shape('chip', { x: left, y: top, width: wide, height: ROW }));
    parts.push(words('plain', left + wide / 2, top + 20, label, 'middle'));
    left += wide + GAP;
  }
  return { parts, height: top + ROW - y };
}

const card = (box: Box, title: string, lines: readonly string[]): string[] => [
  shape('card', box),
  words('title', box.x + 16, box.y + 28, title),
  ...lines.map((line, at) => words('plain', box.x + 16, box.y + 54 + at * 22, line)),
];

function parts(): { readonly drawn: readonly string[]; readonly height: number; readonly says: string } {
  const stages = stagesOfCall().map((stage, at) => `${at + 1} ${stage.replaceAll('-', ' ')}`);
  const assistants = AssistantChoice.ALL.filter((choice) => choice.assistants.length > 0).map(
    ({ label }) => label,
  );
  const served = [
    ...new Set(catalog.models.flatMap(({ deployments }) => deployments.map(({ provider }) => provider))),
  ];
  const providers = Object.entries(PROVIDERS).map(([id, name]) =>
    served.includes(id as never) ? name : `${name} endpoints`,
  );
  const inside = chips(stages, { x: GATEWAY.x + 16, y: GATEWAY.y + 66, width: GATEWAY.width - 32 });
  const gateway: Box = { ...GATEWAY, height: inside.height + 66 + 16 };
  const middle = gateway.y + gateway.height / 2;
  const side = { y: gateway.y, height: gateway.height };
  const below = gateway.y + gateway.height + 50;
  const declared: Box = { x: 16, y: 16, width: WIDTH - 32, height: 64 };
  return {
    says: `${assistants.join(', ')} in a workspace ask the gateway with the workspace's own key. The gateway takes each call through ${stages.length} stages and asks ${providers.join(', ')} with the provider's key. Template and gateway are rendered from one catalog and one policy.`,
    height: below + 64 + 16,
    drawn: [
      ...card(declared, 'Declared once', []),
      words(
        'plain',
        declared.x + 16,
        declared.y + 50,
        `${room('src/catalog.ts')} · ${room('src/policy.ts')} · ${room('prompts')}/ · ${room('constructs')}/`,
      ),
      words(
        'quiet',
        declared.x + declared.width - 16,
        declared.y + 50,
        'typed, checked at synth, pinned by snapshots',
        'end',
      ),
      ...card({ x: 16, width: 180, ...side }, 'Workspace', assistants),
      words('quiet', 32, gateway.y + gateway.height - 16, room('constructs/workspace')),
      ...card(gateway, 'Gateway: the way of a call', []),
      words('quiet', gateway.x + 16, gateway.y + 50, `${room('gateway/stages')}, in this order`),
      ...inside.parts,
      ...card(
        { x: 784, width: 160, ...side },
        'Providers',
        providers.map((name) => name.replace(' endpoints', '')),
      ),
      words('quiet', 800, gateway.y + gateway.height - 16, room('gateway/providers')),
      ...card({ x: gateway.x, y: below, width: gateway.width, height: 64 }, 'Postgres', []),
      words(
        'plain',
        gateway.x + 16,
        below + 50,
        'keys, budgets, tokens and money; not a word of what was said',
      ),
      arrow([
        [106, 80],
        [106, gateway.y - 2],
      ]),
      words('quiet', 116, 110, 'template for Coder'),
      arrow([
        [490, 80],
        [490, gateway.y - 2],
      ]),
      words('quiet', 500, 110, 'models, prices, rules, budgets'),
      arrow([
        [196, middle],
        [gateway.x - 2, middle],
      ]),
      words('quiet', 223, middle - 10, 'own key', 'middle'),
      arrow([
        [gateway.x + gateway.width, middle],
        [782, middle],
      ]),
      words('quiet', 745, middle - 22, 'provider’s', 'middle'),
      words('quiet', 745, middle - 8, 'key', 'middle'),
      arrow([
        [490, gateway.y + gateway.height],
        [490, below - 2],
      ]),
    ],
  };
}

/** @returns text by the file's name */
export function pictures(): ReadonlyMap<string, string> {
  const { drawn, height, says } = parts();
  return new Map(
    Object.entries(PALETTES).map(([name, palette]) => [
      `way-of-a-call-${name}.svg`,
      picture(
        { width: WIDTH, height },
        palette,
        'What is declared, what runs, and the way of a call',
        says,
        drawn,
      ),
    ]),
  );
}
