/** Collection of the plain contract's private assets, known to it and to its client. */
export const pairCollection = 'pair';
