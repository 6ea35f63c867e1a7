import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Closes a run with one line for programs that read it: `N passed, N failed`, and the skipped ones where there are any. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module): TestCase[] => [...module.children.allTests()])
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length
    const skipped = count('skipped')
    const words = [`${count('passed')} passed`, `${count('failed') + broken} failed`]
    if (skipped > 0) words.push(`${skipped} skipped`)
    console.log(`\n${words.join(', ')}`)
  }
}
