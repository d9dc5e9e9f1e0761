import { describeVariables } from '../config/config.ts';
import { generatedFrom, page, table } from './markdown.ts';

/** `docs/configuration.md` */
export function configurationPage(): string {
  return page(
    '# Configuration of a gateway',
    generatedFrom('`gateway-api/src/config/variables.ts`'),
    `Environment variables, read once at start (a \`.env\` file in the working directory counts too); all mistakes are reported
together. \`npm start\` sets them for the gateways it runs.`,
    aligned(describeVariables('markdown')),
  );
}

/** The same table with aligned columns. */
function aligned(markdown: string): string {
  const [head, , ...rows] = markdown.split('\n').map((line) =>
    line
      .replace(/^\| ?| ?\|$/g, '')
      .split(' | ')
      .map((cell) => cell.trim()),
  );
  return table(head ?? [], rows);
}
