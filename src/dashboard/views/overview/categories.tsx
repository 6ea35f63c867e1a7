import type { LabelledCounts } from '../../../server/contract.js'
import { saveTable } from '../../charts/save.js'
import { compact } from '../../format/numbers.js'
import { categoryName } from '../../format/words.js'
import { BarList } from '../../parts/bar-list.jsx'
import { Card } from '../../parts/card.jsx'
import { Menu, MenuItem } from '../../parts/menu.jsx'
import { copyLink } from '../../parts/notice.jsx'
import { Empty } from '../../parts/states.jsx'
import { linkWith, param } from '../../state/route.js'

/** So many lines of the usual height are as high as the chart beside them, and all categories as low ones. */
const ROOMY = 7

/** Calls of each category; choosing one filters the overview by it, choosing it again does not. */
export function Categories({ counts }: { readonly counts: LabelledCounts }) {
  const chosen = param('category')
  const bars = counts.labels.map((category, index) => ({
    key: category,
    label: categoryName(category),
    value: counts.data[index] ?? 0,
    text: compact(counts.data[index] ?? 0),
    href: linkWith({ category: category === chosen ? undefined : category }),
    current: category === chosen,
  }))
  const save = (): void => {
    saveTable(
      'Categories',
      ['Category', 'Calls'],
      counts.labels.map((label, index) => [label, counts.data[index] ?? 0]),
    )
  }
  return (
    <Card
      title="Categories"
      class="span-4"
      menu={
        <Menu label="Menu of Categories" icon="more">
          <MenuItem onChoose={save}>Save as CSV</MenuItem>
          <MenuItem onChoose={copyLink}>Copy link</MenuItem>
        </Menu>
      }
    >
      {bars.length === 0 ? (
        <Empty title="No calls" />
      ) : (
        <BarList label="Calls by category" bars={bars} dense={bars.length > ROOMY} />
      )}
    </Card>
  )
}
