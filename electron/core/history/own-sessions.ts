/** Sessions of ours that only look on: they are neither suspects nor victims, and not counted as load. */
export const observerApplicationNames: readonly string[] = ['daybreak-sampler'];
