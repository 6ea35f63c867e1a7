interface SparklineProps {
  readonly values: readonly number[]
  readonly label: string
}

const WIDTH = 96
const HEIGHT = 24

/** A small line of counts from zero; it has no axes. */
export function Sparkline({ values, label }: SparklineProps) {
  const top = Math.max(1, ...values)
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map((value, index) => `${(index * step).toFixed(1)} ${y(value, top)}`)
  const line = points.length === 1 ? `M0 ${y(values[0] ?? 0, top)}H${WIDTH}` : `M${points.join('L')}`
  return (
    <svg
      class="sparkline"
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {points.length > 0 && (
        <>
          <path class="sparkline-area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
          <path class="sparkline-line" d={line} />
        </>
      )}
    </svg>
  )
}

function y(value: number, top: number): string {
  return (HEIGHT - (value / top) * HEIGHT).toFixed(1)
}
