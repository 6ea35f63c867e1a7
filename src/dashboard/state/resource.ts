import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ApiError, request } from './api.js'
import { answerTook, tick } from './live.js'

export interface Resource<T> {
  /** The last answer, also while the next is on its way; null before the first. */
  readonly data: T | null
  /** Why there is no answer to what is asked now. */
  readonly error: ApiError | null
  readonly loading: boolean
  readonly retry: () => void
}

/** The last answers, so that going back shows something at once. */
const CACHED = 40
const cache = new Map<string, unknown>()

function remember(address: string, body: unknown): void {
  cache.delete(address)
  cache.set(address, body)
  if (cache.size > CACHED) cache.delete(cache.keys().next().value as string)
}

interface State<T> {
  readonly address: string | null
  readonly data: T | null
  /** The address that answered so. */
  readonly dataOf: string | null
  readonly error: ApiError | null
  readonly loading: boolean
}

/**
 * What an address of the API answers, asked anew when the live stream says so. While another address is asked, the data of
 * the one before stays: the parts of a page that show something else get a `key`.
 * @param live false for what does not change by new calls
 */
export function useResource<T>(address: string | null, live = true): Resource<T> {
  const [state, setState] = useState<State<T>>(() => ({
    address,
    data: ((address === null ? null : cache.get(address)) ?? null) as T | null,
    dataOf: address,
    error: null,
    loading: address !== null,
  }))
  const [attempt, setAttempt] = useState(0)
  const turn = live ? tick.value : 0
  const asking = useRef<AbortController | null>(null)

  useLayoutEffect(
    () => () => {
      asking.current?.abort()
      asking.current = null
    },
    [address],
  )

  // Not after the first frame is painted, which takes longer than most answers.
  useLayoutEffect(() => {
    if (address === null || asking.current !== null) return
    const control = new AbortController()
    const started = performance.now()
    asking.current = control
    setState((before) =>
      before.address === address && before.loading
        ? before
        : {
            address,
            data: (cache.get(address) as T | undefined) ?? before.data,
            dataOf: cache.has(address) ? address : before.dataOf,
            error: before.address === address ? before.error : null,
            loading: true,
          },
    )
    request<T>(address, { signal: control.signal })
      .then(({ body }) => {
        if (control.signal.aborted) return
        answerTook(performance.now() - started)
        remember(address, body)
        setState({ address, data: body, dataOf: address, error: null, loading: false })
      })
      .catch((error: unknown) => {
        if (control.signal.aborted) return
        const known = error instanceof ApiError ? error : new ApiError('internal', String(error), null)
        // What another question was answered must not be taken for the answer to this one.
        setState((before) => ({
          address,
          data: before.dataOf === address ? before.data : null,
          dataOf: address,
          error: known,
          loading: false,
        }))
      })
      .finally(() => {
        if (asking.current !== control) return
        asking.current = null
        // What was told of while the answer was on its way is perhaps not in it.
        if (live && tick.peek() !== turn) setAttempt((number) => number + 1)
      })
  }, [address, turn, attempt])

  const retry = useCallback(() => {
    setAttempt((number) => number + 1)
  }, [])
  return { data: state.data, error: state.error, loading: state.loading, retry }
}
