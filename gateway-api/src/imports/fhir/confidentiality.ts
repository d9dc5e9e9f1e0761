/** Security labels of a resource (`meta.security`) → HL7 v3 Confidentiality as the ledger knows it. */
import { confidentialities, type Confidentiality } from '@chain-of-care/chaincode/model';
import { objectsAt } from './elements.ts';

export const confidentialitySystem = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
export const actCodeSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Unrestricted, low and moderate are not kept apart from normal. */
export const confidentialityOfCode: Readonly<Record<string, Confidentiality>> = {
  U: 'N',
  L: 'N',
  M: 'N',
  N: 'N',
  R: 'R',
  V: 'V',
};

/** HL7 v3 ActCode, information sensitivity policies of patients: such a label alone makes a resource restricted. */
export const sensitivityCodes: readonly string[] = [
  'ETH',
  'GDIS',
  'HIV',
  'MST',
  'SCA',
  'SDV',
  'SEX',
  'SPI',
  'BH',
  'COGN',
  'DVD',
  'EMOTDIS',
  'MH',
  'PSY',
  'PSYTHPN',
  'SUD',
  'ETHUD',
  'OPIOIDUD',
  'STD',
  'TBOO',
  'VIO',
];

/** The more confidential of two. */
export function stricter(a: Confidentiality, b: Confidentiality): Confidentiality {
  return confidentialities.indexOf(a) >= confidentialities.indexOf(b) ? a : b;
}

/** The strictest of the labels; normal without any. */
export function confidentialityOf(resource: unknown): Confidentiality {
  return objectsAt(resource, 'meta.security')
    .map(({ system, code }): Confidentiality => {
      if (typeof code !== 'string') return 'N';
      if (system === confidentialitySystem)
        return Object.hasOwn(confidentialityOfCode, code) ? confidentialityOfCode[code]! : 'N';
      return system === actCodeSystem && sensitivityCodes.includes(code) ? 'R' : 'N';
    })
    .reduce(stricter, 'N');
}
