# SPDX-License-Identifier: Apache-2.0
#
# The corpus: Debian's programs that load plugins, each in a folder of its own ($folder), with nothing but the loopback.
#
# needs[NAME]: the package to install and a file that tells that it is there. run_NAME runs the program: what
# is to be observed comes after "${observed[@]}". It must do the same each time: no addresses, times or process
# ids in what it prints, no polling in what is observed.

declare -A needs
libs=/usr/lib/$(uname -m)-linux-gnu

# Says what is missing for a program, after trying to install it; fails if nothing is.
lacks() {
	local package file
	read -r package file <<<"${needs[$1]:?no such program: $1}"
	[ -e "$file" ] || "$here/../../scripts/ensure-packages" conformance "$package" >/dev/null 2>&1 || true
	[ ! -e "$file" ] && echo "no $file ($package)"
}

free_port() {
	local port
	while port=$((20000 + RANDOM % 20000)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# Waits until a command succeeds.
await() {
	local try
	for try in {1..100}; do
		if "$@" >/dev/null 2>&1; then return; fi
		sleep 0.1
	done
	echo "waited in vain: $*" >&2
	return 1
}

port_is_open() { (: <"/dev/tcp/127.0.0.1/$port"); }

# Starts a server in a process group of its own, since some signal theirs; stop ends it with SIGTERM,
# which `dltrace run` passes on, and gives its exit status.
serve() {
	set -m
	"${observed[@]}" "$@" &
	server=$!
	set +m
}
stop() {
	kill -TERM "$server"
	wait "$server" && server=
}

needs[apache2]="apache2-bin /usr/lib/apache2/modules/mod_ssl.so"
run_apache2() {
	local module
	echo "text/plain txt" >mime.types
	{
		printf '%s\n' "ServerRoot $folder" "ServerName localhost" "PidFile $folder/pid" \
			"ErrorLog $folder/log" "Listen 127.0.0.1:$port" "TypesConfig $folder/mime.types" \
			"DocumentRoot $folder" "StartServers 1" "MaxRequestWorkers 1"
		[ "$(id -u)" -ne 0 ] || printf '%s\n' "User www-data" "Group www-data"
		for module in mpm_prefork authz_core dir alias mime deflate status ssl; do
			echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
		done
	} >conf
	serve apache2 -f "$folder/conf" -DFOREGROUND
	await grep -q 'resuming normal operations' log
	await curl --silent --fail "http://127.0.0.1:$port/mime.types"
	kill -USR1 "$(cat pid)"
	await eval 'test "$(grep -c "resuming normal operations" log)" = 2'
	await curl --silent --fail "http://127.0.0.1:$port/mime.types"
	stop
}

needs[rsyslogd]="rsyslog /usr/sbin/rsyslogd"
run_rsyslogd() {
	echo "a line" >input
	cat >conf <<-END
		module(load="imfile")
		module(load="mmanon")
		global(workDirectory="$folder")
		input(type="imfile" File="$folder/input" Tag="t:" ruleset="all")
		ruleset(name="all") {
			action(type="mmanon")
			action(type="omfile" file="$folder/output")
		}
	END
	serve rsyslogd -n -f "$folder/conf" -i "$folder/pid"
	await grep -q 'a line' output
	stop
}

needs[lighttpd]="lighttpd /usr/sbin/lighttpd"
run_lighttpd() {
	echo text >page
	cat >conf <<-END
		server.document-root = "$folder"
		server.port = $port
		server.bind = "127.0.0.1"
		server.errorlog = "$folder/log"
		server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_fastcgi", "mod_status")
	END
	serve lighttpd -D -f "$folder/conf"
	await curl --silent --fail "http://127.0.0.1:$port/page"
	stop
}

needs[nginx]="libnginx-mod-http-echo /usr/lib/nginx/modules/ngx_http_echo_module.so"
run_nginx() {
	local user=
	[ "$(id -u)" -ne 0 ] || user="user www-data;"
	cat >conf <<-END
		$user
		daemon off;
		pid $folder/pid;
		error_log $folder/log;
		load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
		events { }
		http {
			access_log off;
			client_body_temp_path $folder/body;
			proxy_temp_path $folder/proxy;
			fastcgi_temp_path $folder/fastcgi;
			uwsgi_temp_path $folder/uwsgi;
			scgi_temp_path $folder/scgi;
			server {
				listen 127.0.0.1:$port;
				location / { echo "hello"; }
			}
		}
	END
	serve nginx -e "$folder/log" -c "$folder/conf"
	await curl --silent --fail "http://127.0.0.1:$port/"
	stop
}

needs[collectd]="collectd-core /usr/sbin/collectd"
run_collectd() {
	cat >conf <<-END
		BaseDir "$folder"
		PIDFile "$folder/pid"
		Hostname "localhost"
		Interval 1
		LoadPlugin cpu
		LoadPlugin load
		LoadPlugin uptime
		LoadPlugin csv
		<Plugin csv>
			DataDir "$folder/csv"
		</Plugin>
	END
	serve collectd -f -C "$folder/conf" >/dev/null 2>&1
	await test -d csv/localhost/uptime
	stop
}

needs[redis]="redis-redisearch /usr/lib/redis/modules/redisearch.so"
run_redis() {
	serve redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" --logfile "$folder/log" \
		--enable-module-command local
	await redis-cli -p "$port" ping
	redis-cli -p "$port" MODULE LOAD /usr/lib/redis/modules/redisearch.so
	redis-cli -p "$port" MODULE UNLOAD ft
	stop
}

needs[mpd]="mpd /usr/bin/mpd"
run_mpd() {
	mkdir music
	cat >conf <<-END
		music_directory "$folder/music"
		db_file "$folder/db"
		log_file "$folder/log"
		bind_to_address "127.0.0.1"
		port "$port"
		zeroconf_enabled "no"
		audio_output {
			type "null"
			name "null"
		}
	END
	serve mpd --no-daemon "$folder/conf"
	await port_is_open
	stop
}

needs[postgres]="postgresql-15 /usr/lib/postgresql/15/bin/postgres"
run_postgres() {
	local bin=/usr/lib/postgresql/15/bin as=()
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
		chown -R postgres: "$folder"
	fi
	"${as[@]}" $bin/initdb --auth=trust --no-sync --pgdata="$folder/data" >/dev/null
	"${as[@]}" "${observed[@]}" $bin/postgres --single -D "$folder/data" \
		-c log_min_messages=fatal postgres <<-'END'
			LOAD 'auto_explain';
			LOAD 'plpgsql';
			DO $$ BEGIN RAISE NOTICE 'hello'; END $$;
		END
}

needs[isql]="libsqliteodbc $libs/odbc/libsqlite3odbc.so"
run_isql() {
	printf '[memory]\nDriver=%s/odbc/libsqlite3odbc.so\nDatabase=:memory:\n' "$libs" >.odbc.ini
	echo "SELECT 6 * 7;" | ODBCINI=$folder/.odbc.ini ODBCSYSINI=$folder "${observed[@]}" isql -b memory
}

needs[gst-inspect]="gstreamer1.0-tools /usr/bin/gst-inspect-1.0"
run_gst-inspect() { "${observed[@]}" gst-inspect-1.0; }

needs[convert]="imagemagick /usr/bin/convert"
run_convert() { "${observed[@]}" convert -list format; }

needs[weechat]="weechat-headless /usr/bin/weechat-headless"
run_weechat() { "${observed[@]}" weechat-headless --dir "$folder/weechat" -r /quit; }

needs[php]="php-cli /usr/bin/php"
run_php() { "${observed[@]}" php -r 'echo count(get_loaded_extensions()), gethostbyname("localhost");'; }

needs[perl]="perl /usr/bin/perl"
run_perl() {
	"${observed[@]}" perl -MPOSIX -MSocket -MData::Dumper -MDynaLoader -e '
		$library = DynaLoader::dl_load_file("libz.so.1") or die;
		print DynaLoader::dl_unload_file($library), "\n";'
}

needs[python3]="python3 /usr/bin/python3"
run_python3() {
	"${observed[@]}" /usr/bin/python3 -c '
import ctypes, _ctypes, decimal, sqlite3, ssl
for name in ["libbz2.so.1.0", "libtinfo.so.6", "libbz2.so.1.0"]:
    print(_ctypes.dlclose(ctypes.CDLL(name)._handle))'
}

needs[python3-fork]="python3 /usr/bin/python3"
run_python3-fork() {
	"${observed[@]}" /usr/bin/python3 -c '
import _ctypes, ctypes, os, subprocess
library = ctypes.CDLL("libbz2.so.1.0")
if os.fork() == 0:
    import ssl
    _ctypes.dlclose(library._handle)
    raise SystemExit
os.wait()
subprocess.run(["iconv", "-f", "UTF-8", "-t", "EUC-KR", "/dev/null"])'
}

needs[ruby]="ruby /usr/bin/ruby"
run_ruby() { "${observed[@]}" ruby -rsocket -ropenssl -rfiddle -e 'Fiddle.dlopen("libbz2.so.1.0").close; puts 1'; }

needs[iconv]="libc-bin /usr/bin/iconv"
run_iconv() { echo text | "${observed[@]}" iconv -f ISO-2022-JP -t SHIFT_JIS; }

needs[getent]="libc-bin /usr/bin/getent"
run_getent() { "${observed[@]}" getent ahosts localhost; }

needs[clinfo]="clinfo /usr/bin/clinfo"
run_clinfo() { "${observed[@]}" clinfo --list; }

needs[vulkaninfo]="vulkan-tools /usr/bin/vulkaninfo"
run_vulkaninfo() { "${observed[@]}" vulkaninfo --summary; }

needs[eglinfo]="mesa-utils /usr/bin/eglinfo"
run_eglinfo() { "${observed[@]}" eglinfo -B; }

needs[sqlite3]="sqlite3-pcre /usr/lib/sqlite3/pcre.so"
run_sqlite3() { "${observed[@]}" sqlite3 :memory: '.load /usr/lib/sqlite3/pcre.so' "SELECT 'abc' REGEXP 'b'"; }

needs[java]="openjdk-17-jdk-headless /usr/bin/javac"
run_java() {
	echo 'class Load {
		public static void main(String[] arguments) {
			System.loadLibrary("prefs");
			System.loadLibrary("rmi");
			System.out.println("loaded");
		}
	}' >Load.java
	javac Load.java
	"${observed[@]}" java -Xint -cp "$folder" Load
}

needs[guile]="guile-3.0 /usr/bin/guile"
run_guile() { "${observed[@]}" guile -c '(dynamic-link "libz.so.1")'; }

needs[tclsh]="tcl-thread /usr/lib/tcltk/$(uname -m)-linux-gnu/thread2.8.8"
run_tclsh() {
	echo 'puts [package require Thread]; thread::join [thread::create -joinable {}]' |
		"${observed[@]}" tclsh
}

needs[tclsh-unload]="tcl-thread /usr/lib/tcltk/$(uname -m)-linux-gnu/thread2.8.8"
run_tclsh-unload() {
	cat >packages.c <<-'END'
		int Sample_Init(void *interpreter) { return interpreter == 0; }
		int Sample_Unload(void *interpreter, int flags) { return interpreter == 0 && flags < 0; }
	END
	gcc -shared -fPIC -o sample.so packages.c
	echo 'load ./sample.so Sample; unload ./sample.so; load ./sample.so Sample; puts done' |
		"${observed[@]}" tclsh
}

needs[lua]="lua-socket $libs/lua/5.4/socket/core.so"
run_lua() {
	"${observed[@]}" lua5.4 -e "
		print(require('socket')._VERSION)
		local more = package.loadlib('$libs/lua/5.4/mime/core.so', 'luaopen_mime_core')
		print(more ~= nil)"
}

needs[sasl]="sasl2-bin /usr/sbin/saslpluginviewer"
run_sasl() { "${observed[@]}" saslpluginviewer -s; }

needs[vim]="vim /usr/bin/vim"
run_vim() { "${observed[@]}" vim -es -u NONE -c 'echo libcallnr("libbz2.so.1.0", "BZ2_bzlibVersion", 0) != 0' -c 'qall!'; }

needs[vlc]="vlc-bin /usr/bin/vlc"
run_vlc() {
	local as=()
	if [ "$(id -u)" -eq 0 ]; then # it does not run as root
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		chown -R 65534:65534 "$folder"
	fi
	"${as[@]}" "${observed[@]}" vlc -I dummy --no-plugins-cache --list
}

needs[openssl]="openssl /usr/bin/openssl"
run_openssl() { "${observed[@]}" openssl list -providers -provider legacy -provider default; }

needs[svn]="subversion /usr/bin/svn"
run_svn() { "${observed[@]}" svn ls file:///nonexistent || echo $?; }

needs[certutil]="libnss3-tools /usr/bin/certutil"
run_certutil() {
	mkdir nss
	"${observed[@]}" certutil -N -d "dbm:$folder/nss" --empty-password
	certutil -L -d "dbm:$folder/nss"
}

needs[cryptsetup]="cryptsetup-bin /usr/sbin/cryptsetup"
run_cryptsetup() {
	truncate -s 20M disk
	echo secret | "${observed[@]}" cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 \
		--pbkdf-force-iterations 1000 disk -
}

needs[melt]="melt /usr/bin/melt"
run_melt() { "${observed[@]}" melt -query filters; }

needs[ettercap]="ettercap-text-only /usr/bin/ettercap"
run_ettercap() { "${observed[@]}" ettercap -T -P list; }

needs[pamtester]="pamtester /usr/bin/pamtester"
run_pamtester() { "${observed[@]}" pamtester su root acct_mgmt; }

needs[enchant]="enchant-2 /usr/bin/enchant-2"
run_enchant() { echo helo | "${observed[@]}" enchant-2 -l -d en_US; }

needs[gdb]="gdb /usr/bin/gdb"
run_gdb() { "${observed[@]}" gdb -batch -ex 'python print(1)'; }

needs[gio]="libglib2.0-bin /usr/bin/gio"
run_gio() { "${observed[@]}" gio list "$HOME"; }
