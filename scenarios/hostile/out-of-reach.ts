/** Operations that can never be accepted here, each for its reason. */
export const outOfReach: Readonly<Record<string, string>> = {}
