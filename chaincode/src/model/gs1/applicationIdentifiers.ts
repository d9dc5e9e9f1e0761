/**
 * The GS1 application identifiers as data (GS1 General Specifications, section 3.2): format and title. In a format, `N`
 * is digits, `X` character set 82, `Y` set 39, `Z` base64url; a number is a fixed length, `..n` up to n, `?` optional,
 * `[-]` a sign. Compared with GS1's Barcode Syntax Dictionary.
 */
type Row = readonly [format: string, title: string];

const measure = (title: string): Row => ['N6', title];

/** AIs whose last digit counts decimals; the key is the AI without it. */
const withDecimals: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(
    [...range(310, 316), ...range(320, 337), ...range(340, 357), ...range(360, 369)].map((ai) => [
      String(ai),
      measure('MEASURE'),
    ]),
  ),
  '390': ['N..15', 'AMOUNT'],
  '391': ['N3+N..15', 'AMOUNT'],
  '392': ['N..15', 'PRICE'],
  '393': ['N3+N..15', 'PRICE'],
  '394': ['N4', 'PRCNT OFF'],
  '395': ['N6', 'PRICE/UoM'],
};

const single: Readonly<Record<string, Row>> = {
  '00': ['N18', 'SSCC'],
  '01': ['N14', 'GTIN'],
  '02': ['N14', 'CONTENT'],
  '03': ['N14', 'MTO GTIN'],
  '10': ['X..20', 'BATCH/LOT'],
  '11': ['N6', 'PROD DATE'],
  '12': ['N6', 'DUE DATE'],
  '13': ['N6', 'PACK DATE'],
  '15': ['N6', 'BEST BEFORE or BEST BY'],
  '16': ['N6', 'SELL BY'],
  '17': ['N6', 'USE BY or EXPIRY'],
  '20': ['N2', 'VARIANT'],
  '21': ['X..20', 'SERIAL'],
  '22': ['X..20', 'CPV'],
  '235': ['X..28', 'TPX'],
  '240': ['X..30', 'ADDITIONAL ID'],
  '241': ['X..30', 'CUST. PART No.'],
  '242': ['N..6', 'MTO VARIANT'],
  '243': ['X..20', 'PCN'],
  '250': ['X..30', 'SECONDARY SERIAL'],
  '251': ['X..30', 'REF. TO SOURCE'],
  '253': ['N13+X..17?', 'GDTI'],
  '254': ['X..20', 'GLN EXTENSION COMPONENT'],
  '255': ['N13+N..12?', 'GCN'],
  '30': ['N..8', 'VAR. COUNT'],
  '37': ['N..8', 'COUNT'],
  '400': ['X..30', 'ORDER NUMBER'],
  '401': ['X..30', 'GINC'],
  '402': ['N17', 'GSIN'],
  '403': ['X..30', 'ROUTE'],
  '410': ['N13', 'SHIP TO LOC'],
  '411': ['N13', 'BILL TO'],
  '412': ['N13', 'PURCHASE FROM'],
  '413': ['N13', 'SHIP FOR LOC'],
  '414': ['N13', 'LOC No.'],
  '415': ['N13', 'PAY TO'],
  '416': ['N13', 'PROD/SERV LOC'],
  '417': ['N13', 'PARTY'],
  '420': ['X..20', 'SHIP TO POST'],
  '421': ['N3+X..9', 'SHIP TO POST'],
  '422': ['N3', 'ORIGIN'],
  '423': ['N3+N3?+N3?+N3?+N3?', 'COUNTRY - INITIAL PROCESS'],
  '424': ['N3', 'COUNTRY - PROCESS'],
  '425': ['N3+N3?+N3?+N3?+N3?', 'COUNTRY - DISASSEMBLY'],
  '426': ['N3', 'COUNTRY - FULL PROCESS'],
  '427': ['X..3', 'ORIGIN SUBDIVISION'],
  '4300': ['X..35', 'SHIP TO COMP'],
  '4301': ['X..35', 'SHIP TO NAME'],
  '4302': ['X..70', 'SHIP TO ADD1'],
  '4303': ['X..70', 'SHIP TO ADD2'],
  '4304': ['X..70', 'SHIP TO SUB'],
  '4305': ['X..70', 'SHIP TO LOC'],
  '4306': ['X..70', 'SHIP TO REG'],
  '4307': ['X2', 'SHIP TO COUNTRY'],
  '4308': ['X..30', 'SHIP TO PHONE'],
  '4309': ['N20', 'SHIP TO GEO'],
  '4310': ['X..35', 'RTN TO COMP'],
  '4311': ['X..35', 'RTN TO NAME'],
  '4312': ['X..70', 'RTN TO ADD1'],
  '4313': ['X..70', 'RTN TO ADD2'],
  '4314': ['X..70', 'RTN TO SUB'],
  '4315': ['X..70', 'RTN TO LOC'],
  '4316': ['X..70', 'RTN TO REG'],
  '4317': ['X2', 'RTN TO COUNTRY'],
  '4318': ['X..20', 'RTN TO POST'],
  '4319': ['X..30', 'RTN TO PHONE'],
  '4320': ['X..35', 'SRV DESCRIPTION'],
  '4321': ['N1', 'DANGEROUS GOODS'],
  '4322': ['N1', 'AUTH TO LEAVE'],
  '4323': ['N1', 'SIG REQUIRED'],
  '4324': ['N10', 'NOT BEF DEL DT'],
  '4325': ['N10', 'NOT AFT DEL DT'],
  '4326': ['N6', 'REL DATE'],
  '4330': ['N6[-]', 'MAX TEMP F'],
  '4331': ['N6[-]', 'MAX TEMP C'],
  '4332': ['N6[-]', 'MIN TEMP F'],
  '4333': ['N6[-]', 'MIN TEMP C'],
  '7001': ['N13', 'NSN'],
  '7002': ['X..30', 'MEAT CUT'],
  '7003': ['N10', 'EXPIRY TIME'],
  '7004': ['N..4', 'ACTIVE POTENCY'],
  '7005': ['X..12', 'CATCH AREA'],
  '7006': ['N6', 'FIRST FREEZE DATE'],
  '7007': ['N6+N6?', 'HARVEST DATE'],
  '7008': ['X..3', 'AQUATIC SPECIES'],
  '7009': ['X..10', 'FISHING GEAR TYPE'],
  '7010': ['X..2', 'PROD METHOD'],
  '7011': ['N6+N4?', 'TEST BY DATE'],
  '7020': ['X..20', 'REFURB LOT'],
  '7021': ['X..20', 'FUNC STAT'],
  '7022': ['X..20', 'REV STAT'],
  '7023': ['X..30', 'GIAI - ASSEMBLY'],
  ...Object.fromEntries(range(7030, 7039).map((ai) => [String(ai), ['N3+X..27', 'PROCESSOR'] as Row])),
  '7040': ['N1+X3', 'UIC+EXT'],
  '7041': ['X..4', 'UFRGT UNIT TYPE'],
  '710': ['X..20', 'NHRN PZN'],
  '711': ['X..20', 'NHRN CIP'],
  '712': ['X..20', 'NHRN CN'],
  '713': ['X..20', 'NHRN DRN'],
  '714': ['X..20', 'NHRN AIM'],
  '715': ['X..20', 'NHRN NDC'],
  '716': ['X..20', 'NHRN AIC'],
  '717': ['X..20', 'NHRN CPR'],
  ...Object.fromEntries(range(7230, 7239).map((ai) => [String(ai), ['X2+X..28', 'CERT'] as Row])),
  '7240': ['X..20', 'PROTOCOL'],
  '7241': ['N2', 'AIDC MEDIA TYPE'],
  '7242': ['X..25', 'VCN'],
  '7250': ['N8', 'DOB'],
  '7251': ['N12', 'DOB TIME'],
  '7252': ['N1', 'BIO SEX'],
  '7253': ['X..40', 'FAMILY NAME'],
  '7254': ['X..40', 'GIVEN NAME'],
  '7255': ['X..10', 'SUFFIX'],
  '7256': ['X..90', 'FULL NAME'],
  '7257': ['X..70', 'PERSON ADDR'],
  '7258': ['X3', 'BIRTH SEQUENCE'],
  '7259': ['X..40', 'BABY'],
  '8001': ['N14', 'DIMENSIONS'],
  '8002': ['X..20', 'CMT No.'],
  '8003': ['N14+X..16?', 'GRAI'],
  '8004': ['X..30', 'GIAI'],
  '8005': ['N6', 'PRICE PER UNIT'],
  '8006': ['N18', 'ITIP'],
  '8007': ['X..34', 'IBAN'],
  '8008': ['N8+N2?+N2?', 'PROD TIME'],
  '8009': ['X..50', 'OPTSEN'],
  '8010': ['Y..30', 'CPID'],
  '8011': ['N..12', 'CPID SERIAL'],
  '8012': ['X..20', 'VERSION'],
  '8013': ['X..25', 'GMN'],
  '8014': ['X..25', 'MUDI'],
  '8017': ['N18', 'GSRN - PROVIDER'],
  '8018': ['N18', 'GSRN - RECIPIENT'],
  '8019': ['N..10', 'SRIN'],
  '8020': ['X..25', 'REF No.'],
  '8026': ['N18', 'ITIP CONTENT'],
  '8030': ['Z..90', 'DIGSIG'],
  '8040': ['N15', 'IMEI'],
  '8041': ['N15', 'IMEI2'],
  '8042': ['N32', 'ESIM'],
  '8043': ['N18+N..2?', 'PSIM'],
  '8110': ['X..70', 'COUPON'],
  '8111': ['N4', 'POINTS'],
  '8112': ['X..70', 'PAPERLESS COUPON'],
  '8200': ['X..70', 'PRODUCT URL'],
  '90': ['X..30', 'INTERNAL'],
  ...Object.fromEntries(range(91, 99).map((ai) => [String(ai), ['X..90', 'INTERNAL'] as Row])),
};

export interface ApplicationIdentifier {
  readonly ai: string;
  readonly format: string;
  readonly title: string;
  /** The whole value, without the AI. */
  readonly pattern: RegExp;
}

const known: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  [
    ...Object.entries(single),
    ...Object.entries(withDecimals).flatMap(([stem, row]) =>
      range(0, stem === '394' ? 3 : stem === '390' || stem === '391' || stem === '392' || stem === '393' ? 9 : 5).map(
        (decimals) => [`${stem}${decimals}`, row] as const,
      ),
    ),
  ].map(([ai, [format, title]]) => [ai, { ai, format, title, pattern: patternOf(format) }]),
);

/** The row of an application identifier, or undefined when the table has none. */
export function applicationIdentifier(ai: string): ApplicationIdentifier | undefined {
  return known.get(ai);
}

/** First two digits of AIs that stand without separator: predefined length in characters, AI included (figure 7.8.5-2). */
const predefinedLength: Readonly<Record<string, number>> = {
  '00': 20,
  '01': 16,
  '02': 16,
  '03': 16,
  '04': 18,
  ...Object.fromEntries(range(11, 19).map((prefix) => [String(prefix), 8])),
  '20': 4,
  ...Object.fromEntries(range(31, 36).map((prefix) => [String(prefix), 10])),
  '41': 16,
};

/** Length of AI and value together when it is predefined by the AI's first two digits, otherwise undefined. */
export function predefinedLengthOf(ai: string): number | undefined {
  return predefinedLength[ai.slice(0, 2)];
}

/** Number of digits of an AI by its first two (figure 7.8.5-1), for known and unknown ones. */
export function aiLengthOf(firstTwo: string): number {
  if (/^(2[3-5]|4[0-2]|71)/.test(firstTwo)) return 3;
  if (/^(3[1-6]|39|43|70|72|8[0-2])/.test(firstTwo)) return 4;
  return 2;
}

function patternOf(format: string): RegExp {
  const parts = format.split('+').map((part) => {
    const match = /^([NXYZ])(\.\.)?(\d+)(\[-\])?(\?)?$/.exec(part)!;
    const set = { N: '\\d', X: '[!"%-?A-Z_a-z]', Y: '[#\\-/0-9A-Z]', Z: '[A-Za-z0-9_=-]' }[match[1] as 'N'];
    const value = `${set}{${match[2] === undefined ? '' : '1,'}${match[3]!}}${match[4] === undefined ? '' : '-?'}`;
    return match[5] === undefined ? value : `(?:${value})?`;
  });
  return new RegExp(`^${parts.join('')}$`);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
