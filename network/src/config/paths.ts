/** Where everything of one consortium lies. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

export const consortiumFile = join(projectRoot, 'network/consortium.yaml');

/** Folder of all consortia's data: `CHAIN_OF_CARE_HOME`, by default `network/.data`. */
export function dataHome(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment['CHAIN_OF_CARE_HOME'];
  return home === undefined || home === '' ? join(projectRoot, 'network/.data') : resolve(home);
}

/** Folder of the built chaincode (`dist`, `package.json`): `CHAIN_OF_CARE_CHAINCODE`, by default the workspace's own. */
export function chaincodeFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['CHAIN_OF_CARE_CHAINCODE'];
  return chosen === undefined || chosen === '' ? join(projectRoot, 'chaincode') : resolve(chosen);
}

/** Folder of the user's caches: `CHAIN_OF_CARE_CACHE`, else XDG's, else `~/.cache/chain-of-care`. */
export function cacheHome(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['CHAIN_OF_CARE_CACHE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg, 'chain-of-care');
}

/** The layout of a consortium's data folder. */
export class DataFolder {
  readonly root: string;

  /**
   * @param name of the consortium
   * @param home folder of all consortia
   */
  constructor(name: string, home: string = dataHome()) {
    this.root = join(home, name);
  }

  readonly at = (...parts: readonly string[]): string => join(this.root, ...parts);

  get state(): string {
    return this.at('state.json');
  }
  get lock(): string {
    return this.at('lock');
  }
  get members(): string {
    return this.at('members.json');
  }
  get genesisBlock(): string {
    return this.at('channel/genesis.block');
  }
  get processes(): string {
    return this.at('processes');
  }
  log(process: string): string {
    return this.at('logs', `${process}.log`);
  }
  connection(mspId: string): string {
    return this.at('connections', `${mspId}.json`);
  }
  member(key: string): MemberFolder {
    return new MemberFolder(this.at('organisations', key));
  }
}

/** A certificate with its key and the certificate that issued it, all PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly privateKey: string;
  readonly ca: string;
}

/** The layout of one organisation's material: what its own machine would hold. */
export class MemberFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  readonly at = (...parts: readonly string[]): string => join(this.root, ...parts);

  /** The organisation's verifying MSP, public. */
  get msp(): string {
    return this.at('msp');
  }
  get ca(): string {
    return this.at('ca');
  }
  get secrets(): string {
    return this.at('ca/secrets.json');
  }
  get registrar(): string {
    return this.at('registrar.json');
  }
  get tlsCa(): string {
    return this.at('msp/tlscacerts/tlsca.pem');
  }
  get identityCa(): string {
    return this.at('msp/cacerts/ca.pem');
  }
  /** MSP folder of an enrolled identity: `admin`, `peer`, `orderer`, `service`. */
  mspOf(identity: string): string {
    return this.at(identity, 'msp');
  }
  certificateOf(identity: string): string {
    return this.at(identity, 'msp/signcerts/cert.pem');
  }
  keyOf(identity: string): string {
    return this.at(identity, 'msp/keystore/key.pem');
  }
  tlsOf(holder: string): TlsFiles {
    return {
      certificate: this.at(holder, 'tls/cert.pem'),
      privateKey: this.at(holder, 'tls/key.pem'),
      ca: this.tlsCa,
    };
  }
}

/** Where Node keeps compiled code of gateways and chaincode servers, so that a start does not compile it anew. */
export const compileCache = (): string => join(cacheHome(), 'compiled');
