/** The connection profile that the network writes for a gateway. */
import type { MemberRole } from '@chain-of-care/chaincode/model';

export interface CertifiedKey {
  /** Path, PEM. */
  readonly certificate: string;
  /** Path, PEM (PKCS #8). */
  readonly privateKey: string;
}

export interface ProfilePeer {
  readonly name: string;
  /** host:port. */
  readonly endpoint: string;
  /** Name in the peer's TLS certificate. */
  readonly hostname: string;
  /** Path, PEM. */
  readonly tlsCa: string;
  readonly mspId: string;
}

export interface ProfileMember {
  readonly mspId: string;
  readonly role: MemberRole;
  readonly name: string;
  /** Public address of the member's gateway; absent for a member without one. */
  readonly gateway?: string;
  /** Address between gateways (mutual TLS). */
  readonly internal?: string;
  /** Path of the CA that issued the member's gateway its TLS certificate. */
  readonly tlsCa?: string;
}

export interface ConnectionProfile {
  readonly version: 1;
  readonly mspId: string;
  readonly role: MemberRole;
  readonly channel: string;
  readonly chaincode: string;
  readonly members: readonly ProfileMember[];
  /** All peers of the channel that a client may know; the own organisation's are connected to. */
  readonly peers: readonly ProfilePeer[];
  readonly ca: { readonly url: string; readonly name: string; readonly tlsCa: string; readonly registrar: string };
  /** The organisation's MSP administrator: registers the first administrators, nothing else. */
  readonly admin: CertifiedKey;
  /** An enrolled client identity of the gateway itself, for reading blocks. */
  readonly service: CertifiedKey;
  /** The gateway's own TLS pair, server and client, with the CA of its organisation. */
  readonly tls: CertifiedKey & { readonly ca: string };
}
