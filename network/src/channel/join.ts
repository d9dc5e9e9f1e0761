/** Joins: each orderer by the channel participation API, each peer by its administrator. */
import { readFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { hostOf, type ConfiguredMember, type ConsortiumConfig, type PeerNode } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { peerCommand } from '../peers/command.ts';

/** Joins a member's orderer to the channel unless it is in it. */
export async function joinOrderer(config: ConsortiumConfig, member: ConfiguredMember, data: DataFolder): Promise<void> {
  const admin = data.member(member.key).tlsOf('admin');
  const [block, ca, cert, key] = await Promise.all(
    [data.genesisBlock, admin.ca, admin.certificate, admin.privateKey].map((path) => readFile(path)),
  );
  const form = new FormData();
  form.append('config-block', new Blob([block!]), 'config.block');
  const { status, text } = await postForm(form, {
    host: hostOf(config, member, 'orderer'),
    port: member.ports.ordererAdmin,
    path: '/participation/v1/channels',
    ca,
    cert,
    key,
  });
  if (status !== joined && status !== joinedAlready)
    throw new NetworkFailure(`${member.key}-orderer does not join: ${status} ${text.trim()}`);
}

/** Statuses of the channel participation API. */
const joined = 201;
const joinedAlready = 405;

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function postForm(form: FormData, target: RequestOptions): Promise<Answer> {
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  const headers = { 'content-type': encoded.headers.get('content-type')!, 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const call = request({ ...target, method: 'POST', headers, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.once('timeout', () => call.destroy(new Error('no answer')));
    call.once('error', (cause) =>
      reject(
        new NetworkFailure(`the orderer at ${String(target.host)}:${String(target.port)} does not answer`, undefined, {
          cause,
        }),
      ),
    );
    call.end(body);
  });
}

/** Joins a member's peer to the channel unless it is in it. */
export async function joinPeer(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
  binaries: string,
  node?: PeerNode,
): Promise<void> {
  const peer = peerCommand(config, member, data, binaries, node);
  const attempts = 20;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const joined = await peer(['channel', 'list']);
      if (new RegExp(`^${config.channel}$`, 'm').test(joined)) return;
      await peer(['channel', 'join', '--blockpath', data.genesisBlock]);
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await delay(200);
    }
  }
}
