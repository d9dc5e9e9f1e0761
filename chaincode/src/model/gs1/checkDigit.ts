/**
 * GS1 mod-10 check digit (GS1 General Specifications, 7.9.1): weights 3 and 1 from the right.
 *
 * @param digits all digits but the check digit
 * @returns the check digit, 0 to 9
 */
export function gs1CheckDigit(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const weight = (digits.length - index) % 2 === 1 ? 3 : 1;
    sum += weight * (digits.charCodeAt(index) - 48);
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether `value` has exactly `length` digits of which the last is the right check digit. */
export function hasGs1CheckDigit(value: string, length: number): boolean {
  return (
    value.length === length &&
    /^\d+$/.test(value) &&
    gs1CheckDigit(value.slice(0, -1)) === value.charCodeAt(length - 1) - 48
  );
}
