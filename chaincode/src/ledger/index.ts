export * from './address.ts';
export * from './contract.ts';
export * from './execute.ts';
export * from './seal.ts';
export * from './stub.ts';
export * from './submitter.ts';
export * from './unitOfWork.ts';
