import { describe, expect, it } from '@jest/globals';
import { ConfigError, describeVariables, readConfig } from './config.ts';
import { variables } from './variables.ts';

const complete = { CONNECTION_PROFILE: '/p.json', DATA_DIR: '/d', PUBLIC_URL: 'http://127.0.0.1:8081' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('reports every missing and wrong variable at once', () => {
    const problems = problemsOf({ PORT: '99999', PUBLIC_URL: 'ftp://x', DATABASE_URL: 'mysql://x' });
    expect(problems.map((line) => line.split(' ')[0])).toEqual([
      'CONNECTION_PROFILE',
      'DATA_DIR',
      'PORT',
      'PUBLIC_URL',
      'DATABASE_URL',
    ]);
  });

  it('takes defaults, and an empty value counts as absent', () => {
    const config = readConfig({ ...complete, PORT: '' });
    expect(config).toMatchObject({ port: 8081, host: '127.0.0.1', nodeEnv: 'development', trustProxy: false });
    expect(config.oidcIssuer).toBeUndefined();
  });

  it('refuses production without an explicit issuer', () => {
    expect(problemsOf({ ...complete, NODE_ENV: 'production' })).toEqual([expect.stringContaining('OIDC_ISSUER')]);
    expect(problemsOf({ ...complete, NODE_ENV: 'production', OIDC_ISSUER: 'https://login.example' })).toEqual([]);
  });

  it('never repeats the value of a secret in an error', () => {
    const [problem] = problemsOf({ ...complete, KEYSTORE_KEY: 'c2VjcmV0' });
    expect(problem).toContain('KEYSTORE_KEY');
    expect(problem).not.toContain('c2VjcmV0');
  });

  it('describes every variable', () => {
    const help = describeVariables('text');
    for (const { name } of Object.values(variables)) expect(help).toContain(name);
  });
});
