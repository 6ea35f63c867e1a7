import { FeatureCategory, featureTracker, trackFeature } from '@cloudcurio/feature-tracking'

class Crew {
  readonly prefix = 'crew'

  @trackFeature('method', FeatureCategory.MCP_SERVER)
  run(id: string): string {
    return `${this.prefix}:${id}`
  }

  @trackFeature({ featureName: 'async method', userId: 'u1' })
  async load(id: number): Promise<number> {
    return id * 2
  }

  @trackFeature('static')
  static make(): Crew {
    return new this()
  }

  @trackFeature('getter')
  get size(): number {
    return this.prefix.length
  }

  @trackFeature('field')
  arrow = (text: string): string => `${this.prefix}/${text}`

  @trackFeature('private')
  #hidden(): string {
    return this.prefix
  }

  reveal(): string {
    return this.#hidden()
  }
}

class Sub extends Crew {
  override run(id: string): string {
    return super.run(id).toUpperCase()
  }
}

const crew = Crew.make()
const results = [crew.run('a'), new Sub().run('b'), await crew.load(21), crew.size, crew.arrow('x'), crew.reveal()]
const shape = [crew.run.name, crew.run.length, Object.hasOwn(Crew.prototype, 'run')]
const records = await featureTracker.getAllRecords()
console.log(JSON.stringify({ results, shape, names: records.map((record) => record.featureName).toSorted() }))
await featureTracker.shutdown()
