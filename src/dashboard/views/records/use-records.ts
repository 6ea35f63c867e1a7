import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { CallRecord, RecordPage } from '../../../server/contract.js'
import { ApiError, endpoint, request } from '../../state/api.js'
import { onCalls, tick } from '../../state/live.js'
import type { Params } from '../../state/route.js'

const PAGE = 200

export interface RecordList {
  /** Another when something else is asked. */
  readonly key: string
  readonly items: readonly CallRecord[]
  readonly hasMore: boolean
  readonly loading: boolean
  readonly error: ApiError | null
  /** Calls that were stored since the list was asked for; they may or may not fit its filters. */
  readonly fresh: number
  readonly loadMore: () => void
  readonly reload: () => void
}

interface State {
  readonly key: string
  readonly items: readonly CallRecord[]
  readonly cursor: string | null
  readonly loading: boolean
  readonly error: ApiError | null
}

/** Records page by page. New ones are announced, not put in: rows that one reads must not move away. */
export function useRecords(asked: Params): RecordList {
  const key = endpoint('records', { ...asked, limit: String(PAGE) })
  const [state, setState] = useState<State>({ key, items: [], cursor: null, loading: true, error: null })
  const [attempt, setAttempt] = useState(0)
  const control = useRef(new AbortController())
  const askedAt = useRef(0)
  const fresh = useFresh(`${key} ${attempt}`)

  const load = useCallback(
    async (cursor: string | null): Promise<void> => {
      const { signal } = control.current
      askedAt.current = tick.peek()
      setState((before) => ({ ...before, loading: true, error: null }))
      try {
        const next = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { body } = await request<RecordPage>(`${key}${next}`, { signal })
        if (signal.aborted) return
        setState((before) => ({
          key,
          items: cursor === null ? body.items : [...before.items, ...body.items],
          cursor: body.next_cursor,
          loading: false,
          error: null,
        }))
      } catch (error) {
        if (signal.aborted) return
        const known = error instanceof ApiError ? error : new ApiError('internal', String(error), null)
        setState((before) => ({ ...before, key, loading: false, error: known }))
      }
    },
    [key],
  )

  // Not after the first frame is painted, which takes longer than most answers.
  useLayoutEffect(() => {
    control.current = new AbortController()
    setState((before) => ({ ...before, items: before.key === key ? before.items : [], loading: true }))
    void load(null)
    return () => {
      control.current.abort()
    }
  }, [key, attempt])

  // Where nothing is shown yet there is nothing to hold still. What was told of during a question is asked for after it.
  const turn = tick.value
  useLayoutEffect(() => {
    if (turn > askedAt.current && state.items.length === 0 && !state.loading) void load(null)
  }, [turn, state.loading])

  return {
    key,
    items: state.items,
    hasMore: state.cursor !== null,
    loading: state.loading,
    error: state.error,
    fresh,
    loadMore: () => {
      if (!state.loading && state.cursor !== null && state.key === key) void load(state.cursor)
    },
    reload: () => {
      setAttempt((number) => number + 1)
    },
  }
}

function useFresh(listKey: string): number {
  const [fresh, setFresh] = useState(0)
  useLayoutEffect(() => {
    setFresh(0)
    return onCalls((_, count) => {
      setFresh((before) => before + count)
    })
  }, [listKey])
  return fresh
}
