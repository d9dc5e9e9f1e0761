/** Finds what is not a function of its arguments, by walking the syntax tree: comments and strings do not count. */
import { parseSync } from '@swc/core';

/** Globals that bring in time, chance or the outside world. */
const impureGlobals = new Set([
  'process',
  'globalThis',
  'global',
  'crypto',
  'performance',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'console',
  'Intl',
  'require',
  'eval',
]);

/** Members of pure globals that are not pure. */
const impureMembers: Readonly<Record<string, readonly string[]>> = { Date: ['now'], Math: ['random'] };

/** Members of any value whose result depends on the machine's locale or time zone. */
const localeMembers = new Set([
  ...['localeCompare', 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString', 'toLocaleLowerCase'],
  ...['toLocaleUpperCase', 'getTimezoneOffset', 'getHours', 'getDate', 'getDay', 'getMonth', 'getFullYear'],
]);

/** What of node:crypto is a function of its arguments. */
const pureCrypto = new Set(['createHash', 'createHmac', 'timingSafeEqual']);

type Node = Readonly<Record<string, unknown>> & { readonly type?: string };

/**
 * @param source TypeScript
 * @returns names of the impure things it uses, in order of appearance
 */
export function impurities(source: string): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const node = value as Node;
    if (node.type === 'TsInterfaceDeclaration' || node.type === 'TsTypeAliasDeclaration') return;
    found.push(...impuritiesOf(node));
    for (const [key, member] of Object.entries(node)) if (!isName(node, key)) visit(member);
  };
  visit(parseSync(source, { syntax: 'typescript', decorators: true, target: 'es2023' }).body);
  return found;
}

/** Property names and type annotations are not uses of a global. */
function isName(node: Node, key: string): boolean {
  if (key === 'typeAnnotation' || key === 'typeParams' || key === 'typeArguments' || key === 'superTypeParams')
    return true;
  if (node.type === 'MemberExpression' && key === 'property') return (node['property'] as Node).type === 'Identifier';
  return node.type === 'KeyValueProperty' && key === 'key' && (node['key'] as Node).type === 'Identifier';
}

function impuritiesOf(node: Node): readonly string[] {
  switch (node.type) {
    case 'ImportDeclaration':
      return impureImports(node);
    case 'Identifier':
      return impureGlobals.has(String(node['value'])) ? [String(node['value'])] : [];
    case 'NewExpression':
      return isEmptyDate(node) ? ['new Date()'] : [];
    case 'CallExpression':
      return nameOf(node['callee']) === 'Date' ? ['Date()'] : [];
    case 'MemberExpression':
      return impureMember(node);
    case 'AwaitExpression':
      return ['await'];
    default:
      return [];
  }
}

function impureImports(node: Node): readonly string[] {
  const from = String((node['source'] as Node)['value']);
  if (from !== 'node:crypto' && from !== 'crypto') return [];
  return (node['specifiers'] as readonly Node[])
    .map((specifier) => nameOf(specifier['imported'] ?? specifier['local']) ?? '*')
    .filter((name) => !pureCrypto.has(name))
    .map((name) => `node:crypto ${name}`);
}

function impureMember(node: Node): readonly string[] {
  const member = nameOf(node['property']);
  const object = nameOf(node['object']);
  if (member === undefined) return [];
  if (localeMembers.has(member)) return [member];
  return impureMembers[object ?? '']?.includes(member) ? [`${object}.${member}`] : [];
}

function isEmptyDate(node: Node): boolean {
  const passed = node['arguments'] as readonly unknown[] | undefined;
  return nameOf(node['callee']) === 'Date' && (passed === undefined || passed.length === 0);
}

function nameOf(node: unknown): string | undefined {
  const { type, value } = (node ?? {}) as Node;
  return type === 'Identifier' ? String(value) : undefined;
}
