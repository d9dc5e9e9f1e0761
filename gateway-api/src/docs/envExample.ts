import { variables, type Variable } from '../config/variables.ts';

/** `.env.example`: every variable of a gateway with what it does; defaults stand commented out. */
export function envExample(): string {
  const entries = Object.values<Variable<unknown>>(variables).map(({ name, describes, fallback, required }) =>
    [`# ${describes}${required ? ' (required)' : ''}`, `${required ? '' : '# '}${name}=${fallback ?? ''}`].join('\n'),
  );
  const head =
    '# Configuration of a gateway run by hand: copy to .env and fill in. `npm start` needs none of it.\n' +
    '# Generated from gateway-api/src/config/variables.ts by `npm run docs`.';
  return `${[head, ...entries].join('\n\n')}\n`;
}
