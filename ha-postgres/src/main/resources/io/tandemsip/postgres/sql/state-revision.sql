SELECT last FROM :"schema".revision
