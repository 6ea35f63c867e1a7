import { useSignal } from '@preact/signals'
import { ApiError, endpoint, needsToken, send } from '../state/api.js'
import { tick } from '../state/live.js'

/** Asks for the dashboard's token; the server answers with a cookie. */
export function Login() {
  const token = useSignal('')
  const problem = useSignal('')
  const submit = async (): Promise<void> => {
    try {
      await send('POST', endpoint('login'), { token: token.value })
      needsToken.value = false
      tick.value++
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      problem.value = error.code === 'unauthorized' ? 'This is not the token.' : error.message
    }
  }
  return (
    <main class="login" id="main">
      <form
        class="card form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <h1>Feature tracking</h1>
        <p>This dashboard is open to those who have its token: whoever started it has given it one.</p>
        <label>
          Token
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => (token.value = event.currentTarget.value)}
          />
        </label>
        <p class="form-problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="button is-primary">
          Open
        </button>
      </form>
    </main>
  )
}
