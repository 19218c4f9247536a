import {ConfigFile} from '../../generator/types';

export const config: ConfigFile = {
  rootOptions: {
    author: ${author},
    pools: ['${pool}'],
    title: ${title},
    shortName: '${short_name}',
    date: '${date}',
    discussion: ${discussions},
    snapshot: '',
    votingNetwork: 'AVALANCHE',
  },
  poolOptions: {
    ${pool}: {
      configs: {
        COLLATERALS_UPDATE: [
${updates}        ],
      },
      cache: {blockNumber: ${block}},
    },
  },
};
