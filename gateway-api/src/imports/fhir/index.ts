export { bundleItems, bundleTypes, surveyBundle, type Reading } from './bundle.ts';
export { largestEntry } from './bundleParts.ts';
export * from './mapped.ts';
export { resourceTypes, unknownType, type Row } from './resourceTypes.ts';
