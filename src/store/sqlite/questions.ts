import type { FeatureUsageRecord } from '../../record/index.js'
import type {
  FeatureSummary,
  RecordFilter,
  RecordQuery,
  SeriesPoint,
  SeriesQuery,
  StatsQuery,
  TopFeaturesQuery,
  UsageStats,
} from '../contract.js'
import type {
  ActivityQuery,
  CategoryCalls,
  FeatureStoreExplorer,
  GroupFigures,
  GroupsQuery,
  LatencyBar,
  News,
  NewsQuery,
  RecentSummary,
  RecordPage,
  RecordPageQuery,
  SlowestQuery,
  StoreStatus,
  TracedRecord,
  TraceRecords,
} from '../explore.js'
import type { QuestionName } from './protocol.js'

/** All questions of a reader as calls of one method, which takes them to where a `ReaderConnection` answers. */
export abstract class Questions implements FeatureStoreExplorer {
  protected abstract ask<T>(method: QuestionName, query: unknown): Promise<T>

  abstract close(): Promise<void>

  getRecords(query: RecordQuery = {}): Promise<FeatureUsageRecord[]> {
    return this.ask('getRecords', query)
  }

  getUsageStats(query: StatsQuery = {}): Promise<UsageStats> {
    return this.ask('getUsageStats', query)
  }

  getTopFeatures(query: TopFeaturesQuery = {}): Promise<FeatureSummary[]> {
    return this.ask('getTopFeatures', query)
  }

  getSeries(query: SeriesQuery): Promise<SeriesPoint[]> {
    return this.ask('getSeries', query)
  }

  getRecord(recordId: string): Promise<TracedRecord | undefined> {
    return this.ask('getRecord', recordId)
  }

  getRecordPage(query: RecordPageQuery): Promise<RecordPage> {
    return this.ask('getRecordPage', query)
  }

  getSlowest(query: SlowestQuery): Promise<TracedRecord[]> {
    return this.ask('getSlowest', query)
  }

  getTrace(query: { traceId: string; limit: number }): Promise<TraceRecords> {
    return this.ask('getTrace', query)
  }

  getLatency(filter: RecordFilter = {}): Promise<LatencyBar[]> {
    return this.ask('getLatency', filter)
  }

  getRecentSummary(filter: RecordFilter = {}): Promise<RecentSummary> {
    return this.ask('getRecentSummary', filter)
  }

  getCategoryCalls(filter: RecordFilter = {}): Promise<CategoryCalls[]> {
    return this.ask('getCategoryCalls', filter)
  }

  getGroups(query: GroupsQuery): Promise<GroupFigures[]> {
    return this.ask('getGroups', query)
  }

  getActivity(query: ActivityQuery): Promise<number[][]> {
    return this.ask('getActivity', query)
  }

  getNews(query: NewsQuery): Promise<News> {
    return this.ask('getNews', query)
  }

  getStoreStatus(): Promise<StoreStatus> {
    return this.ask('getStoreStatus', undefined)
  }
}
