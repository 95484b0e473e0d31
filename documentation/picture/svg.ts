/** The few shapes that the picture is made of. */

export interface Palette {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly card: string;
  readonly chip: string;
  readonly accent: string;
}

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    text: '#1a1f29',
    quiet: '#566071',
    line: '#b5bdca',
    card: '#f6f7f9',
    chip: '#ffffff',
    accent: '#2457c5',
  },
  dark: {
    text: '#e6e9ef',
    quiet: '#a0a9b8',
    line: '#4a5262',
    card: '#1a1e26',
    chip: '#262c37',
    accent: '#8db1ff',
  },
};

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export const shape = (kind: 'card' | 'chip', { x, y, width, height }: Box): string =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${kind === 'card' ? 8 : 4}"/>`;

export const words = (
  kind: 'title' | 'plain' | 'quiet',
  x: number,
  y: number,
  text: string,
  anchor = 'start',
): string => `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;

export const arrow = (points: readonly (readonly [number, number])[]): string =>
  `<path class="arrow" d="M${points.map((point) => point.join(' ')).join(' L')}" marker-end="url(#head)"/>`;

const style = ({ text, quiet, line, card, chip, accent }: Palette): string =>
  [
    'text{font-family:system-ui,sans-serif;font-size:13px}',
    `.title{fill:${text};font-weight:600;font-size:15px}`,
    `.plain{fill:${text}}`,
    `.quiet{fill:${quiet};font-size:12px}`,
    `.card{fill:${card};stroke:${line}}`,
    `.chip{fill:${chip};stroke:${line}}`,
    `.arrow{fill:none;stroke:${accent};stroke-width:2}`,
    `.head{fill:${accent}}`,
  ].join('');

export function picture(
  size: Pick<Box, 'width' | 'height'>,
  palette: Palette,
  title: string,
  description: string,
  parts: readonly string[],
): string {
  const { width, height } = size;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(description)}</desc>`,
    `<style>${style(palette)}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 Z"/></marker></defs>',
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}
