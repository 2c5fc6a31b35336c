// Command temporalserver is a Temporal server that keeps its state in a SQLite file with
// synchronous=FULL. It listens on an address of this machine and ends when its standard
// input does. It is a module of its own since it takes minutes to compile, which those
// who only build the benchmark needn't wait for.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	schema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

const (
	host        = "127.0.0.1"
	clusterName = "active"
	storeName   = "sqlite"
)

func main() {
	port := flag.Int("port", 7233, "`port` of the frontend")
	file := flag.String("db", "temporal.db", "`file` of the state")
	flag.Parse()
	if err := run(*port, *file); err != nil {
		fmt.Fprintln(os.Stderr, "temporalserver:", err)
		os.Exit(1)
	}
}

func run(port int, file string) error {
	store, err := prepare(file)
	if err != nil {
		return err
	}
	conf, hosts, err := configure(port, store)
	if err != nil {
		return err
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(conf),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(log.NewNoopLogger()),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient{}),
	)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, server.Stop())
}

// prepare makes the file where there is none, with the namespace "default".
func prepare(file string) (*config.SQL, error) {
	store := &config.SQL{
		PluginName:   sqlite.PluginName,
		DatabaseName: file,
		ConnectAttributes: map[string]string{
			"mode": "rwc", "journal_mode": "wal", "synchronous": "2", // FULL
		},
	}
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = schema.SetupSchema(store)
	}
	if err != nil {
		return nil, err
	}
	namespace, err := schema.NewNamespaceConfig(clusterName, "default", false, nil)
	if err != nil {
		return nil, err
	}
	return store, schema.CreateNamespaces(store, namespace)
}

// configure gives the configuration of a server whose four services listen on this
// machine alone.
func configure(port int, store *config.SQL) (*config.Config, map[primitives.ServiceName]static.Hosts, error) {
	conf := &config.Config{Services: map[string]config.Service{}}
	conf.Persistence.DefaultStore, conf.Persistence.VisibilityStore = storeName, storeName
	conf.Persistence.NumHistoryShards = 1
	conf.Persistence.DataStores = map[string]config.DataStore{storeName: {SQL: store}}
	frontend := fmt.Sprintf("%s:%d", host, port)
	conf.PublicClient.HostPort = frontend
	conf.Global.Membership.BroadcastAddress = host
	conf.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{
			clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
		},
	}
	conf.DCRedirectionPolicy.Policy = "noop"
	conf.Archival.History.State, conf.Archival.Visibility.State = "disabled", "disabled"
	conf.NamespaceDefaults.Archival.History.State = "disabled"
	conf.NamespaceDefaults.Archival.Visibility.State = "disabled"
	hosts := map[primitives.ServiceName]static.Hosts{}
	for _, name := range []primitives.ServiceName{
		primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		p := port
		if name != primitives.FrontendService {
			var err error
			if p, err = freePort(); err != nil {
				return nil, nil, err
			}
		}
		conf.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: p, BindOnIP: host}}
		hosts[name] = static.SingleLocalHost(fmt.Sprintf("%s:%d", host, p))
	}
	return conf, hosts, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
