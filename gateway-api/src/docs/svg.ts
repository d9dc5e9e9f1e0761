/** The few shapes the pictures are made of, as SVG text. Positions and sizes are in pixels. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Colours {
  readonly fill: string;
  readonly stroke: string;
}

const font = 'font-family="Inter, Segoe UI, Helvetica, Arial, DejaVu Sans, sans-serif"';

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function rectangle({ x, y, width, height }: Box, { fill, stroke }: Colours, extra = ''): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${stroke}"${extra} />`;
}

export interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function words(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = 13, weight = 400, colour = '#1f2933', anchor = 'middle' } = style;
  return `<text x="${x}" y="${y}" ${font} font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

/** A box with a title and lines below it, all centred. */
export function card(box: Box, colours: Colours, title: string, lines: readonly string[] = []): string {
  const middle = box.x + box.width / 2;
  const spread = 17;
  const top = box.y + box.height / 2 - ((lines.length * spread) / 2 - 5);
  return [
    rectangle(box, colours),
    words(middle, top, title, { size: 14, weight: 600 }),
    ...lines.map((line, index) => words(middle, top + spread * (index + 1), line, { size: 12, colour: '#52606d' })),
  ].join('\n');
}

const line = '#7b8794';

/** A vertical line with an arrow head at its end, or at both ends. */
export function arrow(x: number, from: number, to: number, both = false): string {
  const down = to > from ? 1 : -1;
  return [
    `<line x1="${x}" y1="${from}" x2="${x}" y2="${to - 3 * down}" stroke="${line}" stroke-width="1.5" />`,
    head(x, to, down),
    ...(both ? [head(x, from, -down)] : []),
  ].join('\n');
}

function head(x: number, y: number, down: number): string {
  return `<path d="M${x} ${y} l-4.5 ${-8 * down} h9 z" fill="${line}" />`;
}

export function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${x}" cy="${y}" r="5" fill="${colour}" />`;
}

/** The whole picture, on white so that it can be read on any page. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#ffffff" />
${parts.join('\n')}
</svg>
`;
}
