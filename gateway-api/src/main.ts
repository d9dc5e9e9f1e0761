/** The gateway's process. */
import 'reflect-metadata';
import { startGateway } from './compose.ts';
import { ConfigError, describeVariables, readConfig } from './config/config.ts';
import { withEnvFile } from './config/envFile.ts';
import { createLog } from './log.ts';

if (process.argv.includes('--help')) {
  process.stdout.write(
    `Starts a gateway; configured by the environment or a .env file:\n\n${describeVariables('text')}\n`,
  );
} else {
  await main();
}

async function main(): Promise<void> {
  try {
    const config = readConfig(withEnvFile(process.env, '.env'));
    const log = createLog(config.logLevel);
    process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
    const gateway = await startGateway(config, log);
    let stopping = false;
    const stop = (signal: string): void => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'gateway stops');
      gateway.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
    };
    process.on('SIGTERM', () => stop('SIGTERM'));
    process.on('SIGINT', () => stop('SIGINT'));
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : `cannot start: ${String(error)}`;
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}
