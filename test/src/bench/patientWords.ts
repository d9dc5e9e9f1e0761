/** The words of which patients are made up. Codes are real ones of LOINC, SNOMED CT, RxNorm and CVX; people are not. */
export type Measure = readonly [loinc: string, display: string, unit: string, low: number, high: number];

export const givenNames = [
  'Ada',
  'Amir',
  'Bela',
  'Chidi',
  'Dana',
  'Emre',
  'Fay',
  'Goran',
  'Hana',
  'Ines',
  'Jun',
  'Kofi',
];
export const families = [
  'Abara',
  'Brandt',
  'Castillo',
  'Dvorak',
  'Eriksen',
  'Fofana',
  'Grubb',
  'Haddad',
  'Ito',
  'Jansen',
];
export const streets = ['Mill Lane', 'Harbour Road', 'Chestnut Row', 'Station Street', 'North Quay', 'Orchard Way'];
export const towns = ['Ashford', 'Brightwater', 'Coldbrook', 'Dunmere', 'Eastvale', 'Fernleigh'];

export const vitalSigns: readonly Measure[] = [
  ['8302-2', 'Body Height', 'cm', 150, 195],
  ['29463-7', 'Body Weight', 'kg', 48, 110],
  ['8867-4', 'Heart rate', '/min', 52, 98],
  ['8480-6', 'Systolic blood pressure', 'mm[Hg]', 98, 152],
  ['8462-4', 'Diastolic blood pressure', 'mm[Hg]', 60, 96],
  ['8310-5', 'Body temperature', 'Cel', 36, 39],
];

export const laboratoryTests: readonly Measure[] = [
  ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4, 9],
  ['2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma', 'mg/dL', 130, 260],
  ['2571-8', 'Triglyceride [Mass/volume] in Serum or Plasma', 'mg/dL', 60, 220],
  ['2339-0', 'Glucose [Mass/volume] in Blood', 'mg/dL', 70, 180],
  ['718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/dL', 11, 17],
  ['2947-0', 'Sodium [Moles/volume] in Blood', 'mmol/L', 134, 146],
];

type Coded = readonly [code: string, display: string];

export const conditions: readonly Coded[] = [
  ['38341003', 'Hypertensive disorder'],
  ['44054006', 'Diabetes mellitus type 2'],
  ['195967001', 'Asthma'],
  ['10509002', 'Acute bronchitis'],
  ['444814009', 'Viral sinusitis'],
];

export const medicines: readonly Coded[] = [
  ['860975', 'metformin hydrochloride 500 MG Extended Release Oral Tablet'],
  ['314076', 'lisinopril 10 MG Oral Tablet'],
  ['617318', 'atorvastatin 20 MG Oral Tablet'],
  ['308182', 'amoxicillin 250 MG Oral Capsule'],
];

export const vaccines: readonly Coded[] = [
  ['140', 'Influenza, seasonal, injectable, preservative free'],
  ['113', 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed'],
  ['133', 'Pneumococcal conjugate PCV 13'],
];
