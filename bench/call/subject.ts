/** One way to track a function, in a process of its own. */
export interface Subject {
  sync(value: number): unknown
  async(value: number): Promise<unknown>
  /** Runs a few hundred calls below one span, where the library means its spans to lie below others. */
  around?(calls: () => void | Promise<void>): void | Promise<void>
  /** Waits for what was handed over, where the library can say. It is called after each few hundred calls. */
  settle(): Promise<void>
  /** Ends it. @returns how many calls were stored, where that can be counted */
  stop(): Promise<number | undefined>
}

export const work = (value: number): number => value + 1
export const workAsync = async (value: number): Promise<number> => value + 1
