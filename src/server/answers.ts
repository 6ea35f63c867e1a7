/** Equal questions at the same time are answered once. */
export class SharedAnswers<T> {
  readonly #underWay = new Map<string, Promise<T>>()

  get(question: string, answer: () => Promise<T>): Promise<T> {
    const known = this.#underWay.get(question)
    if (known !== undefined) return known
    const made = answer().finally(() => this.#underWay.delete(question))
    this.#underWay.set(question, made)
    return made
  }
}
