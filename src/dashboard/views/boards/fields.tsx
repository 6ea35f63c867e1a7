interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly choices: Readonly<Record<string, string>>
  readonly set: (value: string) => void
}

export function Choice({ label, value, choices, set }: ChoiceProps) {
  const known = value in choices ? choices : { ...choices, [value]: value }
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => {
          set(currentTarget.value)
        }}
      >
        {Object.entries(known).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

interface TextFieldProps {
  readonly label: string
  readonly value: string
  /** What holds when nothing is typed. */
  readonly hint: string
  readonly set: (value: string) => void
}

export function TextField({ label, value, hint, set }: TextFieldProps) {
  return (
    <label>
      {label}
      <input
        type="text"
        maxLength={200}
        value={value}
        placeholder={hint}
        onInput={({ currentTarget }) => {
          set(currentTarget.value)
        }}
      />
    </label>
  )
}
