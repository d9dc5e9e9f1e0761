/** Check digits of terminologies. */

/** Verhoeff's dihedral group D5: the product of i and j is `product[i][j]` (SNOMED CT Technical Implementation Guide, 5.5.2). */
const product = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
] as const;

/** One permutation; a digit at place n from the right goes through it n times. */
const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

/** Whether the last digit is the Verhoeff check digit of those before it. */
export function hasVerhoeffDigit(digits: string): boolean {
  let check = 0;
  for (let place = 0; place < digits.length; place += 1) {
    let digit = Number(digits[digits.length - 1 - place]);
    for (let times = place % 8; times > 0; times -= 1) digit = permutation[digit]!;
    check = product[check]![digit]!;
  }
  return check === 0;
}

/**
 * Whether the last digit is the mod-10 check digit (Luhn) of what stands before it (LOINC Users' Guide, appendix C). A capital
 * letter counts as its ASCII code less 48.
 */
export function hasMod10Digit(text: string): boolean {
  let sum = 0;
  for (let place = 0; place < text.length; place += 1) {
    const value = text.charCodeAt(text.length - 1 - place) - 48;
    sum += place % 2 === 1 ? 2 * value - 9 * Math.floor(value / 5) : value;
  }
  return sum % 10 === 0;
}
